// Convolutions that no layer asks for yet, made by hand, and carried out by any row of the table.

import { resident, tensor } from 'convnd';
import fc from 'fast-check';
import { engine } from '#src/engine/start.js';
import { type Axis, adjoint, lift } from '#src/geometry/axis.js';
import type { Outside } from '#src/geometry/padding.js';
import { type Plan, planOf } from '#src/plan/plan.js';
import type { AlgorithmName } from '#src/plan/preference.js';
import type { Convolution } from '#src/problem/convolution.js';
import type { Epilogue } from '#src/run/activation.js';
import { PreparedPlan } from '#src/run/prepared-plan.js';
import { type Runner, runners, thisThread } from '#src/run/runner.js';
import { PackedWeights } from '#src/run/weights.js';
import { numbersOf } from '../reference/equation.js';

/** Names of a tensor's dimensions of maps or kernels, outermost first. */
type Order<Name extends string> = readonly [Name, Name, Name];

/** What a convolution is made of; tensors are in torch's order where nothing else is said. */
export interface Form {
  readonly batch: number;
  readonly groups: number;
  readonly channels: number;
  readonly filters: number;
  readonly axes: readonly Axis[];
  readonly outside?: Outside;
  readonly input?: Order<'image' | 'group' | 'map'>;
  readonly output?: Order<'image' | 'group' | 'map'>;
  readonly weight?: Order<'group' | 'filter' | 'channel'>;
}

const ordersOf = <T>([a, b, c]: readonly [T, T, T]) =>
  fc.constantFrom<[T, T, T][]>([a, b, c], [a, c, b], [b, a, c], [b, c, a], [c, a, b], [c, b, a]);

/** Every order of a tensor's maps, and of kernels. */
export const mapOrders = ordersOf<'image' | 'group' | 'map'>(['image', 'group', 'map']);
export const kernelOrders = ordersOf<'group' | 'filter' | 'channel'>(['group', 'filter', 'channel']);

const product = (axes: readonly Axis[], pick: (axis: Axis) => number) =>
  axes.reduce((size, axis) => size * pick(axis), 1);

/** Strides of pieces of some size in an order. */
function stridesOf<Name extends string>(
  order: Order<Name>,
  counts: Record<Name, number>,
  size: number,
): Record<Name, number> {
  const strides = { ...counts };
  let step = size;
  for (const name of [...order].reverse()) {
    strides[name] = step;
    step *= counts[name];
  }
  return strides;
}

/** The convolution of a form. */
export function convolutionFrom(form: Form): Convolution {
  const { batch, groups, channels, filters, axes, outside = 'zeros' } = form;
  const { input = ['image', 'group', 'map'], output = ['image', 'group', 'map'] } = form;
  const { weight = ['group', 'filter', 'channel'] } = form;
  const maps = { image: batch, group: groups };
  return {
    line: JSON.stringify(form),
    batch,
    groups,
    channels,
    filters,
    axes: lift(axes),
    outside,
    input: stridesOf(
      input,
      { ...maps, map: channels },
      product(axes, (axis) => axis.input),
    ),
    output: stridesOf(
      output,
      { ...maps, map: filters },
      product(axes, (axis) => axis.output),
    ),
    weight: stridesOf(
      weight,
      { group: groups, filter: filters, channel: channels },
      product(axes, (axis) => axis.kernel),
    ),
  };
}

/** The convolution that gives the gradient of a convolution's input from that of its output. */
export function inputGradientOf(c: Convolution): Convolution {
  return {
    ...c,
    line: `the input gradient of ${c.line}`,
    channels: c.filters,
    filters: c.channels,
    axes: [adjoint(c.axes[0]), adjoint(c.axes[1]), adjoint(c.axes[2])],
    input: c.output,
    output: c.input,
    weight: { group: c.weight.group, filter: c.weight.channel, channel: c.weight.filter },
  };
}

/** The same axis with kernel and output exchanged. */
export function kernelReading(axis: Axis): Axis {
  return {
    ...axis,
    kernel: axis.output,
    output: axis.kernel,
    stride: axis.dilation,
    dilation: axis.stride,
  };
}

/**
 * The convolution that gives the gradient of a convolution's weight: from its input, with the gradient of its output as weight. Its
 * images are channels, and its channels images.
 */
export function weightGradientOf(c: Convolution): Convolution {
  return {
    ...c,
    line: `the weight gradient of ${c.line}`,
    batch: c.channels,
    channels: c.batch,
    axes: [kernelReading(c.axes[0]), kernelReading(c.axes[1]), kernelReading(c.axes[2])],
    input: { image: c.input.map, group: c.input.group, map: c.input.image },
    output: { image: c.weight.channel, group: c.weight.group, map: c.weight.filter },
    weight: { group: c.output.group, filter: c.output.map, channel: c.output.image },
  };
}

/** Where input and output lie. */
export interface Places {
  readonly input: 'plain' | 'resident';
  readonly output: 'plain' | 'resident';
}

/** What a convolution is computed with. */
export interface Given {
  readonly x: Float32Array;
  readonly weight: Float32Array;
  readonly bias: Float32Array | null;
}

/** The plan by one row of the table; an UnableError where that can't compute it. */
export function planBy(c: Convolution, algorithm: AlgorithmName): Plan {
  return planOf(c, { algorithm });
}

/** Carries out a plan on the engine that resident tensors live in. */
export function compute(
  plan: Plan,
  { x, weight, bias }: Given,
  { input, output }: Places,
  runner: Runner = thisThread,
  epilogue?: Epilogue,
): Float32Array {
  const running = engine();
  const plain = tensor(x, [x.length]);
  const source = input === 'resident' ? resident(plain) : undefined;
  const length = numbersOf(plan.convolution).output;
  const kept = output === 'resident' ? resident({ shape: [length] }) : undefined;
  const out = kept ?? tensor(new Float32Array(length), [length]);
  out.data.fill(Number.NaN);
  const weights = new PackedWeights(running, plan);
  const prepared = new PreparedPlan(running, plan, weights);
  const { current } = runners;
  runners.current = runner;
  try {
    prepared.run(source ?? plain, out, { weight, bias, version: 1, exposed: false }, epilogue);
    return kept ? kept.data.slice() : out.data;
  } finally {
    runners.current = current;
    prepared.release();
    weights.release();
    source?.dispose();
    kept?.dispose();
  }
}
