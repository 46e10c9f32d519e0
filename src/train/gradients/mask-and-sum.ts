// The gradient of an activation (as a mask for relu and its variants), and the gradient of the bias, in one pass over memory.

import { aligned, DOUBLE_BYTES, FLOAT_BYTES, WORD_BYTES } from '../../core/bytes.js';
import { present } from '../../core/errors.js';
import { product } from '../../core/lists.js';
import { attached, type Tensor } from '../../core/tensor.js';
import { addressOf } from '../../engine/address.js';
import type { Engine } from '../../engine/engine.js';
import { engine } from '../../engine/start.js';
import type { Activation } from '../../run/activation.js';
import { wordsOf, writeTask } from '../../run/task-writer.js';
import { MaskTask } from '../../shared/gradient-task.js';
import { SUM_STRETCH } from '../../shared/sizes.js';
import { trainModule } from '../module.js';
import { gapless } from '../tensors/gapless.js';
import { viewOf } from '../tensors/intermediate.js';
import { hasSlope, type Known, multiplyBySlope } from './slopes.js';

/** The values of `MaskTask.kind`. */
const KINDS = new Map([
  ['none', 0],
  ['clamp', 1],
  ['leakyRelu', 2],
]);

/** An activation, the tensors that its derivative needs, and the target of the gradient. */
export interface Masking extends Known {
  readonly activation: Activation;
  /** may be the output gradient itself */
  readonly out: Tensor;
}

/** Elements of plain tensors that are copied to wasm memory at a time; they stay in the L2 cache. */
const COPIED = 2 * SUM_STRETCH;

/** The size of the task in bytes. */
const MASK_BYTES = WORD_BYTES * wordsOf(new MaskTask());

/** The size in bytes of each of the three operands in the scratch. */
const COPIED_BYTES = FLOAT_BYTES * COPIED;

/**
 * Multiplies a gradient by the derivative of an activation, and sums it over batch and positions for the bias.
 *
 * The derivative is 0 where relu or relu6 is at its bounds, the negative slope where the result of a leaky relu is not positive, and 1
 * where the result of relu or relu6 is NaN. Sums are in float64, in a deterministic order, and rounded once.
 * @param gradient the output gradient, (batch, filters, ...). All tensors may be plain or resident
 * @param masking undefined if there is no activation
 * @param bias receives the sums, (filters); undefined if they are not wanted
 * @throws RangeError if there is not enough memory
 */
export function maskAndSum(
  batch: number,
  filters: number,
  gradient: Tensor,
  masking: Masking | undefined,
  bias: Tensor | undefined,
): void {
  const numbers = product(gradient.shape);
  if (numbers === 0) {
    bias && viewOf(bias).fill(0);
    return;
  }
  if (!masking) {
    if (bias) gapless([gradient], (dense) => inOnePass(batch, filters, dense, undefined, bias));
    return;
  }
  const { activation, given = gradient, result = gradient, out } = masking;
  gapless([gradient, given, result], (dense, x, y) => {
    if (!hasSlope(activation)) {
      // input and result have the same sign, except with a negative slope: then only the input tells
      const compared = masking.given ? x : y;
      inOnePass(batch, filters, dense, { activation, result: compared, out }, bias);
      return;
    }
    multiplyBySlope(activation, { given: x, result: y }, dense, out);
    if (bias) inOnePass(batch, filters, out, undefined, bias);
  });
}

/** The operands of the wasm entry. */
interface Pass {
  readonly activation: Activation;
  readonly result: Tensor;
  readonly out: Tensor;
}

function inOnePass(
  batch: number,
  filters: number,
  gradient: Tensor,
  masking: Pass | undefined,
  bias: Tensor | undefined,
): void {
  const numbers = product(gradient.shape);
  const running = engine();
  running.begin();
  try {
    const work = new MaskWork(running, batch, filters, numbers / batch / filters, masking?.activation);
    const sums = work.run(gradient, masking?.result, masking?.out);
    bias && viewOf(bias).set(sums);
  } finally {
    running.end();
  }
}

/** Views of the same memory, to get the bits of a float. */
const number = new Float32Array(1);
const bits = new Int32Array(number.buffer);

/** One pass of the wasm entry over the tensors. */
class MaskWork {
  readonly #sums: number;
  readonly #task: number;
  readonly #kind: number;
  readonly #operand: number;

  constructor(
    readonly running: Engine,
    readonly batch: number,
    readonly filters: number,
    readonly size: number,
    activation: Activation | undefined,
  ) {
    const sumBytes = aligned(DOUBLE_BYTES * filters);
    const bytes = 3 * COPIED_BYTES + sumBytes + MASK_BYTES;
    const scratch = running.reserve(bytes, 'a gradient through an activation');
    this.#sums = scratch + 3 * COPIED_BYTES;
    this.#task = this.#sums + sumBytes;
    const { entry, operand } = activation ?? { entry: 'none', operand: 0 };
    this.#kind = present(KINDS.get(entry), `slope of ${entry}`);
    // relu has no upper bound: comparisons with NaN are false, while Infinity >= Infinity is true
    const isOpen = entry === 'clamp' && operand === Number.POSITIVE_INFINITY;
    number[0] = isOpen ? Number.NaN : operand;
    [this.#operand] = bits;
  }

  /** Executes the pass. Returns the sum of each filter. */
  run(gradient: Tensor, result: Tensor | undefined, out: Tensor | undefined): Float64Array {
    const { running, filters, batch, size } = this;
    const { f32 } = running;
    const first = this.#sums / FLOAT_BYTES;
    f32.fill(0, first, first + 2 * filters);
    const given = [gradient, result, out].map((tensor) => (tensor ? addressOf(tensor) : 0));
    if (given.every((address) => address >= 0)) this.#call(given, 0, filters, batch, size);
    else this.#inPieces([gradient, result, out], given);
    return new Float64Array(f32.buffer, this.#sums, filters);
  }

  /** Copies plain tensors in and out: several whole maps at a time, or parts of one. */
  #inPieces(tensors: readonly (Tensor | undefined)[], given: readonly number[]): void {
    const { running, filters, batch, size } = this;
    const { f32 } = running;
    const scratch = this.#sums - 3 * COPIED_BYTES;
    const plain = tensors.map((tensor, i) => (tensor && given[i] < 0 ? attached(tensor) : undefined));
    const maps = Math.max(1, Math.floor(COPIED / size));
    const part = Math.min(size, COPIED);
    for (let image = 0; image < batch; image++)
      for (let map = 0; map < filters; map += maps)
        for (let start = 0; start < size; start += part) {
          const some = Math.min(maps, filters - map);
          const count = Math.min(part, size - start);
          const at = (image * filters + map) * size + start;
          const end = at + (some - 1) * size + count;
          const addresses = given.map((address, i) =>
            address < 0 ? scratch + i * COPIED_BYTES : address + FLOAT_BYTES * at,
          );
          for (const i of [0, 1])
            if (plain[i]) f32.set(plain[i].subarray(at, end), addresses[i] / FLOAT_BYTES);
          this.#call(addresses, map, some, 1, count);
          const masked = addresses[2] / FLOAT_BYTES;
          plain[2]?.set(f32.subarray(masked, masked + end - at), at);
        }
  }

  /** Processes `maps` maps, given the addresses of their first elements. */
  #call(
    [gradient, result, masked]: readonly number[],
    map: number,
    maps: number,
    images: number,
    count: number,
  ): void {
    const { running, filters, size } = this;
    const task = Object.assign(new MaskTask(), {
      images,
      imageStride: FLOAT_BYTES * filters * size,
      mapStride: FLOAT_BYTES * size,
      ...{ count, gradient, result, masked },
      sums: this.#sums + DOUBLE_BYTES * map,
      kind: this.#kind,
      operand: this.#operand,
    });
    writeTask(task, running.i32, this.#task);
    trainModule(running).maskAndSum(this.#task, 0, 0, maps);
  }
}
