// Losses that are a function of the difference between input and target elements: forward and backward, with broadcasting.

import { asList, type Where } from '../../core/errors.js';
import { product } from '../../core/lists.js';
import { attached, type Shape, sameShape, type Tensor, type TensorLike } from '../../core/tensor.js';
import { inputTensor } from '../../layers/call.js';
import { recorded } from '../tape/results.js';
import { viewOf } from '../tensors/intermediate.js';
import { temporary } from '../tensors/temporary.js';
import { commonShape, stretched } from './broadcast.js';
import { type LossOptions, reduce, reductionOf } from './reduction.js';

/**
 * A loss as a function of the difference. Each has its own loops: a shared loop that calls a function per number can't be inlined by V8,
 * which then allocates each result, and takes up to ten times as long.
 */
export interface Pointwise {
  readonly name: string;
  values(differences: Float64Array, to: Float64Array): void;
  slopes(differences: Float64Array, to: Float64Array): void;
}

/** The warnings that have been shown. */
const warned = new Set<string>();

/** The loss between an input and a target. Both may require gradients. */
export function pointwiseLoss(
  given: TensorLike,
  wanted: TensorLike,
  options: LossOptions | undefined,
  { name, values, slopes }: Pointwise,
): Tensor {
  const where = () => name;
  const reduction = reductionOf(options, where);
  // inputTensor keeps resident tensors where they are; they stay readable after backward
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
      // views are made after all allocations, because memory growth detaches them
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

/** Elements per block, so that the float64 differences stay in the L1 cache and need no array of the tensors' size. */
const BLOCK = 1024;

/** An array for the elements of a block. */
function blockOf(count: number): Float64Array {
  return new Float64Array(Math.min(count, BLOCK));
}

/** Computes the differences of all elements, and passes them on block by block. */
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

/** Accumulates the gradient of a tensor, summed over the axes along which it was broadcast. */
class Sum {
  readonly #sums: Float64Array | undefined;

  /** @param places for each element of the broadcast shape, the index of the tensor's element; undefined if it was not broadcast */
  constructor(
    readonly out: Float32Array,
    readonly places: Int32Array | undefined,
    readonly sign: number,
  ) {
    if (places) this.#sums = new Float64Array(out.length);
  }

  /** Adds a block of gradients that begins at element `begin`. */
  add(gradients: Float64Array, begin: number): void {
    const { out, places, sign } = this;
    const sums = this.#sums;
    if (places && sums) for (let i = 0; i < gradients.length; i++) sums[places[begin + i]] += gradients[i];
    else for (let i = 0; i < gradients.length; i++) out[begin + i] = sign * gradients[i];
  }

  /** Rounds the float64 sums to the gradient. */
  finish(): void {
    const sums = this.#sums;
    const { out, sign } = this;
    if (sums) for (let i = 0; i < out.length; i++) out[i] = sign * sums[i];
  }
}

/** Shows torch's warning about broadcasting, once per message. */
function warn(input: Shape, target: Shape, where: Where): void {
  const text =
    `Using a target size (torch.Size(${asList(target)})) that is different to the input size (torch.Size(${asList(input)})). ` +
    `This will likely lead to incorrect results due to broadcasting. Please ensure they have the same size. [${where()}]`;
  if (warned.has(text)) return;
  warned.add(text);
  console.warn(text);
}
