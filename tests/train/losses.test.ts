// Losses: PyTorch's numbers and gradients, and what no fixture has, against differences of the loss itself.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Parameter, type Tensor, type TensorLike, tensor } from 'convnd';
import {
  binaryCrossEntropyWithLogits,
  type CrossEntropyOptions,
  crossEntropy,
  huberLoss,
  l1Loss,
  mseLoss,
  type Recorded,
  type Reduction,
  record,
  smoothL1Loss,
} from 'convnd/train';
import fc from 'fast-check';
import { assertNear, assertUlps } from '../helpers/compare.js';
import { readJson, readTensors, type Stored } from '../helpers/fixtures.js';
import { reals } from '../helpers/numbers.js';
import { product } from '../reference/reference.js';

interface LossCase {
  id: string;
  loss: string;
  args: {
    reduction?: Reduction;
    beta?: number;
    delta?: number;
    ignore_index?: number;
    label_smoothing?: number;
  };
}

const { losses: cases } = readJson<{ losses: LossCase[] }>('training/optimizers.json');
const tensors = readTensors('training/optimizers.safetensors');

/** A loss with torch's arguments. */
function torchLoss({ loss, args }: LossCase, x: TensorLike, t: TensorLike, weight?: Stored): Tensor {
  const { reduction, beta, delta } = args;
  const given = { ...(reduction && { reduction }) };
  switch (loss) {
    case 'mse_loss':
      return mseLoss(x, t, given);
    case 'l1_loss':
      return l1Loss(x, t, given);
    case 'smooth_l1_loss':
      return smoothL1Loss(x, t, { ...given, ...(beta && { beta }) });
    case 'huber_loss':
      return huberLoss(x, t, { ...given, ...(delta && { delta }) });
    case 'cross_entropy': {
      const options: CrossEntropyOptions = { ...given, weight: weight ?? null };
      if (args.ignore_index !== undefined) options.ignoreIndex = args.ignore_index;
      if (args.label_smoothing) options.labelSmoothing = args.label_smoothing;
      return crossEntropy(x, t, options);
    }
    default:
      return binaryCrossEntropyWithLogits(x, t, given);
  }
}

const parameterOf = ({ data, shape }: Tensor) => new Parameter(data.slice(), shape);

describe("PyTorch's losses", () => {
  it('has 24 cases', () => {
    assert.equal(cases.length, 24);
    assert.equal(new Set(cases.map(({ loss }) => loss)).size, 6);
  });

  for (const entry of cases) {
    it(entry.id, () => {
      const stored = (name: string) => tensors.get(`${entry.id}/${name}`);
      const [input, target, wanted, gradient] = ['input', 'target', 'loss', 'grad_input'].map(
        (name) => stored(name)!,
      );
      const x = parameterOf(input);
      const loss = record(() => torchLoss(entry, x, target, stored('weight')));
      assert.deepEqual(loss.shape, wanted.shape);
      // both are rounded once from float64, whose last bits depend on the order of a sum
      assertUlps(loss.data, wanted.data, 1, entry.id);
      loss.backward(stored('grad_output'));
      assertUlps(x.grad!.data, gradient.data, 1, `${entry.id}, gradient`);
      const outside = torchLoss(entry, input, target, stored('weight'));
      assertUlps(outside.data, loss.data, 0, `${entry.id}, outside of record`);
      assert.ok(!('backward' in outside));
    });
  }
});

/** Checks the gradients of both operands by differences of the sum of the loss times `factors`. */
function checkDifferences(
  loss: (x: TensorLike, t: TensorLike) => Tensor,
  values: Tensor,
  target: Tensor,
  isTargetTrained: boolean,
): void {
  const operands = [parameterOf(values), parameterOf(target)];
  operands[1].requiresGrad = isTargetTrained;
  const recorded: Recorded = record(() => loss(operands[0], operands[1]));
  const factors = reals(product(recorded.shape), 5);
  recorded.backward(tensor(factors, recorded.shape));
  const total = () => {
    const { data } = loss(operands[0], operands[1]);
    return data.reduce((sum, value, i) => sum + value * factors[i], 0);
  };
  for (const operand of isTargetTrained ? operands : operands.slice(0, 1)) {
    const differences = operand.data.map((value, i) => {
      const step = 2 ** -9;
      operand.data[i] = value + step;
      const above = total();
      operand.data[i] = value - step;
      const below = total();
      operand.data[i] = value;
      return (above - below) / (2 * step);
    });
    assertNear(operand.grad!.data, differences, 2e-3, 'gradient and differences');
  }
  if (!isTargetTrained) assert.equal(operands[1].grad, null);
}

const reductions: Reduction[] = ['mean', 'sum', 'none'];
const shape = fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 3 });
const numbers = (sizes: number[], seed: number) => tensor(reals(product(sizes), seed), sizes);

describe('losses and their gradients', () => {
  it('compare two tensors that may both be trained, and stretch', (t) => {
    const warnings = t.mock.method(console, 'warn', () => {});
    const form = fc.record({
      sizes: shape,
      cut: fc.integer({ min: 0, max: 2 }),
      reduction: fc.constantFrom(...reductions),
      isTrained: fc.boolean(),
      seed: fc.nat(1e6),
    });
    const losses = [
      mseLoss,
      // away from the kinks, which differences don't see
      (x: TensorLike, y: TensorLike, options: { reduction: Reduction }) =>
        smoothL1Loss(x, y, { ...options, beta: 0.75 }),
      (x: TensorLike, y: TensorLike, options: { reduction: Reduction }) =>
        huberLoss(x, y, { ...options, delta: 0.75 }),
    ];
    fc.assert(
      fc.property(form, ({ sizes, cut, reduction, isTrained, seed }) => {
        const other = sizes
          .slice(Math.min(cut, sizes.length))
          .map((size, i) => (i === 0 && cut === 1 ? 1 : size));
        for (const loss of losses)
          checkDifferences(
            (x, y) => loss(x, y, { reduction }),
            numbers(sizes, seed),
            numbers(other, seed + 1),
            isTrained,
          );
      }),
      { numRuns: 25 },
    );
    assert.ok(warnings.mock.callCount() > 0);
  });

  it('are sums over all elements, in their order, where there are many', (t) => {
    t.mock.method(console, 'warn', () => undefined);
    const [rows, columns] = [3, 1500];
    for (const shape of [
      [rows, columns],
      [1, columns],
    ]) {
      for (const reduction of ['mean', 'sum', 'none'] as const) {
        const x = new Parameter(reals(rows * columns, 1), [rows, columns]);
        const target = new Parameter(reals(product(shape), 2), shape);
        const loss = record(() => mseLoss(x, target, { reduction }));
        const g = reduction === 'none' ? reals(rows * columns, 3) : Float32Array.of(0.75);
        loss.backward(tensor(g, loss.shape));
        const divisor = reduction === 'mean' ? rows * columns : 1;
        const toTarget = new Float64Array(product(shape));
        const losses = Array.from(x.data, (value, i) => {
          const difference = value - target.data[i % toTarget.length];
          const slope = 2 * difference * (reduction === 'none' ? g[i] : 0.75 / divisor);
          assert.equal(x.grad?.data[i], Math.fround(slope));
          toTarget[i % toTarget.length] += slope;
          return difference * difference;
        });
        const sum = losses.reduce((all, one) => all + one, 0);
        const wanted = reduction === 'none' ? losses : [sum / divisor];
        assert.deepEqual(loss.data, Float32Array.from(wanted), reduction);
        assert.deepEqual(
          target.grad?.data,
          Float32Array.from(toTarget, (value) => -value),
        );
      }
    }
  });

  it('of classes: weights, smoothing, probabilities', () => {
    const form = fc.record({
      sizes: fc.tuple(
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 3 }),
      ),
      reduction: fc.constantFrom(...reductions),
      labelSmoothing: fc.constantFrom(0, 0.25),
      isWeighted: fc.boolean(),
      areProbabilities: fc.boolean(),
      seed: fc.nat(1e6),
    });
    fc.assert(
      fc.property(form, ({ sizes, reduction, labelSmoothing, isWeighted, areProbabilities, seed }) => {
        const [batch, classes, places] = sizes;
        const weight = isWeighted ? reals(classes, seed + 2).map(Math.abs) : null;
        const options = { reduction, labelSmoothing, weight: weight && tensor(weight) };
        const target = areProbabilities
          ? numbers(sizes, seed + 1)
          : tensor(
              reals(batch * places, seed + 1).map((x) => Math.floor(Math.abs(x) * 1000) % classes),
              [batch, places],
            );
        checkDifferences(
          (x, y) => crossEntropy(x, y, options),
          numbers(sizes, seed),
          target,
          areProbabilities,
        );
      }),
      { numRuns: 40 },
    );
  });

  it('of logits: weights of elements and of ones', () => {
    const form = fc.record({
      sizes: shape,
      reduction: fc.constantFrom(...reductions),
      weighted: fc.constantFrom('weight', 'posWeight', 'both', 'none'),
      seed: fc.nat(1e6),
    });
    fc.assert(
      fc.property(form, ({ sizes, reduction, weighted, seed }) => {
        const last = sizes.slice(-1);
        const options = {
          reduction,
          ...((weighted === 'weight' || weighted === 'both') && { weight: numbers(sizes, seed + 2) }),
          ...((weighted === 'posWeight' || weighted === 'both') && { posWeight: numbers(last, seed + 3) }),
        };
        const loss = (x: TensorLike, y: TensorLike) => binaryCrossEntropyWithLogits(x, y, options);
        checkDifferences(loss, numbers(sizes, seed), numbers(sizes, seed + 1), true);
      }),
      { numRuns: 25 },
    );
  });

  it('stretch the input as they stretch the target, and beta 0 is the loss of magnitudes', () => {
    const [row, matrix] = [numbers([3], 1), numbers([2, 3], 2)];
    const losses = [mseLoss, l1Loss, (x: TensorLike, y: TensorLike) => smoothL1Loss(x, y, { beta: 0 })];
    for (const loss of losses) {
      const gradients = [0, 1].map((place) => {
        const parameter = new Parameter(row.data.slice(), [3]);
        const output = record(() => (place === 0 ? loss(parameter, matrix) : loss(matrix, parameter)));
        output.backward();
        return [output.item(), ...parameter.grad!.data].map((value) => value + 0);
      });
      assert.deepEqual(gradients[0], gradients[1]);
    }
    const [magnitudes, smooth] = losses.slice(1).map((loss) => {
      const parameter = new Parameter(row.data.slice(), [3]);
      record(() => loss(parameter, [1, 1, 1])).backward();
      return parameter.grad!.data;
    });
    assert.deepEqual(smooth, magnitudes);
  });

  it('of classes lead to the target alone where the input is constant', () => {
    const target = new Parameter(numbers([2, 3], 2).data, [2, 3]);
    record(() => crossEntropy(numbers([2, 3], 1), target)).backward();
    const both = [numbers([2, 3], 1), target].map(({ data }) => new Parameter(data.slice(), [2, 3]));
    record(() => crossEntropy(both[0], both[1])).backward();
    assert.deepEqual(target.grad!.data, both[1].grad!.data);
  });

  it('have a slope of NaN at NaN, and of 0 where both are equal; a class of weight 0 counts for nothing', () => {
    const slopes = (loss: (x: Parameter) => Tensor, values: number[], shape: number[]) => {
      const x = new Parameter(Float32Array.from(values), shape);
      record(() => loss(x)).backward();
      return [...x.grad!.data];
    };
    for (const loss of [l1Loss, (x: TensorLike, y: TensorLike) => smoothL1Loss(x, y, { beta: 0 })])
      assert.deepEqual(
        slopes((x) => loss(x, [0, 3, 1]), [Number.NaN, 3, 4], [3]),
        [Number.NaN, 0, Math.fround(1 / 3)],
      );
    const weighted = (x: Parameter) =>
      crossEntropy(x, Uint8Array.of(1, 0), { weight: Float32Array.of(1, 0) });
    const [first, second] = slopes(weighted, [1, Number.NEGATIVE_INFINITY, 0, 0], [2, 2]);
    assert.deepEqual([first, second], [0, 0]);
  });

  it('without a single class that counts there is no gradient', () => {
    const x = new Parameter(new Float32Array(6), [2, 3]);
    const loss = record(() => crossEntropy(x, [-100, -100]));
    loss.backward();
    assert.ok(Number.isNaN(loss.item()));
    assert.deepEqual([...x.grad!.data], [0, 0, 0, 0, 0, 0]);
  });
});
