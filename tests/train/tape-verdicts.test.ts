// PyTorch's verdicts on backward, gradients and losses: what it refuses is refused with its sentence, what it takes gives the same.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Conv1d, Conv2d, LazyConv2d, Parameter, type Tensor, type TensorLike, tensor } from 'convnd';
import {
  add,
  crossEntropy,
  custom,
  detach,
  leakyRelu,
  mseLoss,
  type Recorded,
  record,
  relu,
} from 'convnd/train';
import { type TrainingVerdict, trainingRows } from '../helpers/fixtures.js';
import { refused } from '../helpers/refusal.js';

const rows = trainingRows(['backward', 'grad', 'loss']);

const layer = () => new Conv2d(3, 4, 3, { padding: 1 });
const zeros = (...shape: number[]) => tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);
const ones = (...shape: number[]) => tensor(zeros(...shape).data.fill(1), shape);
const x = () => zeros(2, 3, 5, 6);
/** What is no such thing, on purpose. */
const any = <T>(value: unknown): T => value as T;
const of = (m: Conv2d, input: TensorLike = x()): Recorded => record(() => m.forward(input));
const numbers = ({ data }: { data: Float32Array }) => [...data];

/** The sum of all elements, with its gradient. */
function sum(y: Tensor): Tensor {
  const total = y.data.reduce((a, b) => a + b, 0);
  return custom(tensor(new Float32Array([total]), []), [y], ({ data: [g] }) => [
    tensor(new Float32Array(y.data.length).fill(g), y.shape),
  ]);
}

/** Changed in place between forward and backward. */
function changed(change: (m: Conv2d, input: Tensor) => void, prepare: (m: Conv2d) => void = () => {}): void {
  const m = layer();
  prepare(m);
  const input = ones(2, 3, 5, 6);
  const loss = record(() => sum(m.forward(input)));
  change(m, input);
  loss.backward();
}

const trained = (times = 1): Conv2d => {
  const m = layer();
  for (let i = 0; i < times; i++) record(() => sum(m.forward(x()))).backward();
  return m;
};

/** The code of each row as it is here, and what it gives. */
const codes: Record<string, () => unknown> = {
  'backward/01': () => of(layer()).backward(zeros(2, 4, 5, 5)),
  'backward/02': () => of(layer()).backward(zeros(4, 5, 6)),
  'backward/03': () => of(layer()).backward(1),
  'backward/04': () => {
    of(layer()).backward({ data: new Float64Array(240), shape: [2, 4, 5, 6] });
    return 'accepted';
  },
  'backward/05': () => {
    of(layer()).backward({ data: new BigInt64Array(240), shape: [2, 4, 5, 6] });
    return 'accepted';
  },
  'backward/06': () => {
    of(layer()).backward({ data: new Float32Array(240), dims: [2, 4, 5, 6] });
    return 'accepted';
  },
  'backward/07': () => of(layer()).backward(),
  'backward/08': () => {
    const m = new Conv1d(1, 1, 1);
    record(() => m.forward([[[1]]])).backward();
    assert.deepEqual(m.weight.grad!.shape, [1, 1, 1]);
    return [[numbers(m.weight.grad!)]];
  },
  'backward/09': () => {
    const loss = record(() => sum(layer().forward(x())));
    loss.backward();
    loss.backward();
  },
  'backward/10': () => {
    const m = layer();
    const loss = record(() => sum(m.forward(x())));
    loss.backward(undefined, { retain: true });
    loss.backward();
    return numbers(m.bias!.grad!);
  },
  'backward/11': () => numbers(trained(2).bias!.grad!),
  'backward/12': () => layer().weight.grad,
  'backward/13': () => record(() => sum(zeros(2, 4, 5, 6))).backward(),
  'backward/14': () => {
    const y = layer().forward(x());
    record(() => sum(y)).backward();
  },
  'backward/15': () => {
    const y = layer().forward(x());
    record(() => relu(y)).backward(y);
  },
  'backward/16': () => record(() => sum(detach(layer().forward(x())))).backward(),
  'backward/17': () => {
    const m = layer().requiresGrad_(false);
    record(() => sum(m.forward(x()))).backward();
  },
  'backward/18': () => {
    const m = layer();
    m.weight.requiresGrad = false;
    record(() => sum(m.forward(x()))).backward();
    return [m.weight.grad, m.bias!.grad!.shape];
  },
  'backward/19': () => {
    const given = x();
    record(() => sum(layer().forward(given))).backward();
    return any<{ grad?: unknown }>(given).grad ?? null;
  },
  'backward/20': () => {
    const given = new Parameter(x().data, [2, 3, 5, 6]);
    record(() => sum(layer().forward(given))).backward();
    return given.grad!.shape;
  },
  'backward/21': () => trained().weight.grad!.shape,
  'backward/22': () => changed((m) => m.weight.copy(ones(4, 3, 3, 3))),
  'backward/23': () => changed((m) => m.weight.data.fill(5)),
  'backward/24': () => changed((_, input) => input.data.fill(2)),
  'backward/25': () =>
    changed(
      (_, input) => input.data.fill(2),
      (m) => {
        m.weight.requiresGrad = false;
      },
    ),
  'backward/26': () => {
    record(() => sum(layer().forward(x(), { activation: 'relu' }))).backward();
    return 'accepted';
  },
  'backward/27': () => {
    let y: Tensor | undefined;
    const loss = record(() => {
      y = relu(layer().forward(x()));
      return sum(y);
    });
    y!.data.fill(1);
    loss.backward();
  },
  'backward/28': () => {
    const m = layer();
    record(() => sum(m.forward(x(), { activation: 'leakyRelu', negativeSlope: -0.5 }))).backward();
    return 'accepted';
  },
  'backward/29': () => {
    record(() => sum(layer().forward(x(), { activation: 'leakyRelu', negativeSlope: 0.5 }))).backward();
    return 'accepted';
  },
  'backward/30': () => {
    record(() => sum(leakyRelu(layer().forward(x()), -0.5))).backward();
    return 'accepted';
  },
  'backward/31': () => {
    const m = layer();
    record(() => sum(m.forward(zeros(0, 3, 5, 6)))).backward();
    return [m.weight, m.bias!].map(({ grad }) => grad!.data.reduce((a, b) => a + Math.abs(b), 0));
  },
  'backward/32': () => {
    const m = new Conv1d(1, 1, 1);
    record(() => m.forward([[[1, 1]]])).backward([[[Number.NaN, 1]]]);
    return [m.weight, m.bias!].map(({ grad }) => Number.isNaN(grad!.data[0]));
  },
  'backward/33': () => {
    const m = layer();
    // no view of a tensor here has a stride of 0
    of(m).backward(ones(2, 4, 5, 6));
    return numbers(m.bias!.grad!);
  },
  'backward/34': () => {
    const m = layer();
    of(m).backward({ data: ones(240).data, shape: [2, 4, 5, 6], strides: [120, 30, 1, 5] });
    return numbers(m.bias!.grad!);
  },
  'backward/35': () => of(layer(), zeros(3, 5, 6)).backward(zeros(1, 4, 5, 6)),
  'grad/01': () => {
    layer().weight.grad = zeros(4, 3, 3);
  },
  'grad/02': () => {
    layer().weight.grad = { data: new Float64Array(108), shape: [4, 3, 3, 3] };
    return 'accepted';
  },
  'grad/03': () => {
    layer().weight.grad = 0;
  },
  'grad/04': () => {
    const m = trained();
    m.weight.grad = null;
    return m.weight.grad;
  },
  'grad/05': () => {
    const m = trained();
    m.zeroGrad();
    return m.bias!.grad;
  },
  'grad/06': () => {
    const m = trained();
    m.zeroGrad();
    return m.bias!.grad;
  },
  'grad/07': () => {
    const m = layer();
    m.zeroGrad();
    return m.bias!.grad;
  },
  'grad/08': () => {
    const m = trained();
    const held = m.bias!.grad!;
    m.zeroGrad();
    return numbers(held);
  },
  'grad/09': () => {
    const m = trained();
    const held = m.bias!.grad!;
    record(() => sum(m.forward(x()))).backward();
    return [numbers(held), held === m.bias!.grad];
  },
  'grad/10': () => Object.keys(trained().stateDict()),
  'grad/11': () => {
    const m = trained();
    m.loadStateDict(layer().stateDict());
    return numbers(m.bias!.grad!);
  },
  'grad/13': () => {
    new LazyConv2d(4, 3).zeroGrad();
    return 'accepted';
  },
  'loss/02': () => mseLoss(zeros(2, 3), zeros(2, 4)),
  'loss/03': () => String(mseLoss(zeros(0, 3), zeros(0, 3)).data[0]).toLowerCase(),
  'loss/04': () => mseLoss(zeros(2), zeros(2), { reduction: any('average') }),
  'loss/05': () => crossEntropy(zeros(2, 3), [0, 3]),
  'loss/06': () => crossEntropy(zeros(2, 3), [0, -1]),
  'loss/07': () => String(crossEntropy(zeros(2, 3), [-100, -100]).data[0]).toLowerCase(),
  'loss/08': () => crossEntropy(zeros(2, 3), [0]),
  'loss/09': () => crossEntropy(zeros(2, 3), [0, 1.5]),
  'loss/10': () => crossEntropy(zeros(2, 3, 4, 5), zeros(2, 5, 4)),
  'loss/11': () => crossEntropy(zeros(2, 3), [0, 1], { weight: ones(2) }),
};

/** Where it is another verdict here, and why. */
const others: Record<string, { why: string; verdict: TrainingVerdict }> = {
  'backward/06': { why: 'tensors of other libraries are taken everywhere', verdict: { ok: 'accepted' } },
  'backward/23': {
    why: '`data` is how values are written here, and not the way around what backward knows',
    verdict: {
      raises: 'RangeError',
      message:
        'one of the variables needed for gradient computation has been modified by an inplace operation',
    },
  },
  'backward/28': { why: 'nothing is computed in place: it is computed again', verdict: { ok: 'accepted' } },
  'grad/03': {
    why: 'a number is a tensor without axes here',
    verdict: {
      raises: 'RangeError',
      message: "attempting to assign a gradient of size '[]' to a tensor of size",
    },
  },
  'grad/02': { why: 'numbers of every type are converted', verdict: { ok: 'accepted' } },
};

/** Torch's sentence as far as it is ours: up to versions and types, which are written otherwise here. */
function sentenceOf(message: string): RegExp {
  const [start] = message.split(/: \[torch\.| \(or directly| but got grad of type|'\[/);
  return new RegExp(start.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
}

describe("PyTorch's verdicts on backward, gradients and losses", () => {
  it('are 59, of which two are tested apart', () => {
    assert.equal(rows.length, 59);
    const missing = rows.filter(({ id }) => !(id in codes)).map(({ id }) => id);
    // a computed tensor has no requires_grad_ here; the warning needs the console
    assert.deepEqual(missing, ['grad/12', 'loss/01']);
  });

  for (const { id, what, verdict: first, also } of rows.filter(({ id }) => id in codes)) {
    it(`${id}: ${what}`, () => {
      const [newest] = Object.values(also ?? {}).slice(-1);
      const verdict = others[id]?.verdict ?? newest ?? first;
      if ('ok' in verdict) assert.deepEqual(codes[id](), verdict.ok);
      else refused(codes[id], sentenceOf(verdict.message), id);
    });
  }

  it('loss/01: sizes that stretch, with a warning', (t) => {
    const warn = t.mock.method(console, 'warn', () => {});
    for (let i = 0; i < 3; i++) assert.deepEqual(numbers(mseLoss(zeros(2, 3), ones(3))), [1]);
    assert.equal(warn.mock.callCount(), 1);
    assert.match(
      String(warn.mock.calls[0].arguments[0]),
      /^Using a target size \(torch\.Size\(\[3\]\)\) that is different to the input size/,
    );
  });

  it('an input that leads to a parameter twice gets both gradients', () => {
    const m = new Conv1d(1, 1, 1, { bias: false });
    m.weight = [[[3]]];
    const p = new Parameter(new Float32Array([2]), [1, 1]);
    record(() => add(m.forward(p), p)).backward();
    assert.deepEqual([numbers(p.grad!), numbers(m.weight.grad!)], [[4], [2]]);
  });
});
