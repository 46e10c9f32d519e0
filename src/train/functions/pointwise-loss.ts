// Pointwise loss: one that compares each element with one of a target, and adds up what comes of it.

import { asList, type Where } from '../../core/errors.js';
import { product } from '../../core/lists.js';
import { attached, type Shape, sameShape, type Tensor, type TensorLike } from '../../core/tensor.js';
import { inputTensor } from '../../layers/call.js';
import { recorded } from '../tape/results.js';
import { viewOf } from '../tensors/intermediate.js';
import { temporary } from '../tensors/temporary.js';
import { commonShape, stretched } from './broadcast.js';
import { type LossOptions, reduce, reductionOf } from './reduction.js';

/** A loss of the difference of two numbers. It has loops of its own, as activations have. */
export interface Pointwise {
  readonly name: string;
  values(differences: Float64Array, to: Float64Array): void;
  slopes(differences: Float64Array, to: Float64Array): void;
}

/** Pairs of shapes that were warned of. */
const warned = new Set<string>();

/** The loss of an input against a target. Both may lead to parameters. */
export function pointwiseLoss(
  given: TensorLike,
  wanted: TensorLike,
  options: LossOptions | undefined,
  { name, values, slopes }: Pointwise,
): Tensor {
  const where = () => name;
  const reduction = reductionOf(options, where);
  // what a loss reads stays readable after backward
  const input = inputTensor(given, where);
  const target = inputTensor(wanted, where, 'target');
  const shape = commonShape(input.shape, target.shape, where);
  if (!sameShape(input.shape, target.shape)) warn(input.shape, target.shape, where);
  const count = product(shape);
  const places = [stretched(input.shape, shape), stretched(target.shape, shape)] as const;
  const losses = reduction === 'none' ? new Float64Array(count) : undefined;
  const some = blockOf(count);
  let total = 0;
  inBlocks(attached(input), attached(target), places, count, (differences, begin) => {
    const block = losses
      ? losses.subarray(begin, begin + differences.length)
      : some.subarray(0, differences.length);
    values(differences, block);
    if (!losses) total = addedTo(total, block);
  });
  const divisor = reduction === 'mean' ? count : 1;
  const { output } = losses
    ? reduce(losses, shape, reduction, count, where)
    : { output: { data: new Float32Array([total / divisor]), shape: [] } };
  return recorded({
    ...{ name: where, inputs: [given, wanted], output, givesNew: true },
    saved: () => [input, target],
    gradients: (gradOutput, isWanted) => {
      const gradients = [input, target].map((one, index) => (isWanted[index] ? temporary(one.shape) : null));
      // views are taken when memory grows no more
      const sums = gradients.map(
        (one, index) => one && new Sum(viewOf(one), places[index], index === 0 ? 1 : -1),
      );
      const factors = viewOf(gradOutput);
      inBlocks(attached(input), attached(target), places, count, (differences, begin) => {
        const block = some.subarray(0, differences.length);
        slopes(differences, block);
        if (losses) multiplyEach(block, factors, begin);
        else multiply(block, factors[0] / divisor);
        for (const sum of sums) sum?.add(block, begin);
      });
      for (const sum of sums) sum?.finish();
      return gradients;
    },
  });
}

/** Elements that are compared at a time: they stay in a first-level cache, and no array of float64 is as long as the tensors. */
const BLOCK = 1024;

/** Room for a block of so many elements. */
function blockOf(count: number): Float64Array {
  return new Float64Array(Math.min(count, BLOCK));
}

/** Calls with the differences of all elements, some at a time. */
function inBlocks(
  input: Float32Array,
  target: Float32Array,
  [inInput, inTarget]: readonly (Int32Array | undefined)[],
  count: number,
  call: (differences: Float64Array, begin: number) => void,
): void {
  const room = blockOf(count);
  for (let begin = 0; begin < count; begin += BLOCK) {
    const block = room.subarray(0, Math.min(BLOCK, count - begin));
    if (inInput || inTarget)
      for (let i = 0, at = begin; i < block.length; i++, at++)
        block[i] = input[inInput ? inInput[at] : at] - target[inTarget ? inTarget[at] : at];
    else for (let i = 0, at = begin; i < block.length; i++, at++) block[i] = input[at] - target[at];
    call(block, begin);
  }
}

function addedTo(total: number, values: Float64Array): number {
  let sum = total;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum;
}

function multiply(values: Float64Array, factor: number): void {
  for (let i = 0; i < values.length; i++) values[i] *= factor;
}

function multiplyEach(values: Float64Array, factors: Float32Array, begin: number): void {
  for (let i = 0; i < values.length; i++) values[i] *= factors[begin + i];
}

/** The gradient of a tensor: what it was stretched to is added up. */
class Sum {
  readonly #sums: Float64Array | undefined;

  /** @param places where each element of what it was stretched to comes from; undefined where it was not */
  constructor(
    readonly out: Float32Array,
    readonly places: Int32Array | undefined,
    readonly sign: number,
  ) {
    if (places) this.#sums = new Float64Array(out.length);
  }

  /** Adds the gradients from `begin` on. */
  add(gradients: Float64Array, begin: number): void {
    const { out, places, sign } = this;
    const sums = this.#sums;
    if (places && sums) for (let i = 0; i < gradients.length; i++) sums[places[begin + i]] += gradients[i];
    else for (let i = 0; i < gradients.length; i++) out[begin + i] = sign * gradients[i];
  }

  /** Writes the sums, rounded once. */
  finish(): void {
    const sums = this.#sums;
    const { out, sign } = this;
    if (sums) for (let i = 0; i < out.length; i++) out[i] = sign * sums[i];
  }
}

/** Torch's warning, once for each pair of shapes: the loss of a batch against one row is seldom meant. */
function warn(input: Shape, target: Shape, where: Where): void {
  const text =
    `Using a target size (torch.Size(${asList(target)})) that is different to the input size (torch.Size(${asList(input)})). ` +
    `This will likely lead to incorrect results due to broadcasting. Please ensure they have the same size. [${where()}]`;
  if (warned.has(text)) return;
  warned.add(text);
  console.warn(text);
}
