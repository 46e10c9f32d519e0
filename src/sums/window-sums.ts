// Sums of all windows of one size, in float64: three additions per number and axis, for any size of windows.

import { DOUBLE_BYTES, FLOAT_BYTES } from '../core/bytes.js';
import { asList } from '../core/errors.js';
import { most, product, sum } from '../core/lists.js';
import { addressOf } from '../engine/address.js';
import { heap } from '../engine/heap.js';
import type { SignalEntries } from '../spectrum/entries.js';
import { signalModule } from '../spectrum/module.js';
import { type Dtype, dtypeIn, type NumberArray, type Samples } from './samples.js';
import { numbersAt } from './scratch.js';

/** Scratch bytes of the kernels for each element of a window. */
const END_BYTES = 64;

/** A cache line between the rows of a band, because rows 4096 bytes apart would share a set of the first-level cache. */
export const APART = 64;

/** Rows that are summed along columns before they are summed along rows, while they are in the cache; rounded up to whole segments. */
const BAND = 32;

/** An axis with windows, or several merged axes without. */
interface WindowAxis {
  readonly size: number;
  /** size of a window; 1 for none */
  readonly length: number;
}

/** The kernels and the scratch address of a call. */
interface WindowRun {
  readonly entries: SignalEntries;
  readonly scratch: number;
}

/** Inputs that are summed alike: how many, and the distance between them in bytes. */
interface Items {
  readonly count: number;
  readonly step: number;
}

const bytesOf = (double: boolean) => (double ? DOUBLE_BYTES : FLOAT_BYTES);

/**
 * The order in which the windows of a shape are summed in wasm memory: along the first axis that has windows, in bands of rows, then each
 * band along the other axes.
 */
export class WindowPlan {
  readonly outputShape: readonly number[];
  /** bytes of scratch memory; a multiple of eight */
  readonly scratchBytes: number;
  readonly #axes: readonly WindowAxis[];
  /** for each axis, distances between elements in the input and in the output, in numbers */
  readonly #steps: readonly number[];
  readonly #outputSteps: readonly number[];
  /** for each axis, the rows of a band; 0 if the axis is not divided */
  readonly #bands: readonly number[];
  /** bytes of the kernels' scratch, which the bands follow */
  readonly #endBytes: number;

  /** @param sizes of a window along each axis, 1 for none; at most those of the shape */
  constructor(shape: readonly number[], sizes: readonly number[]) {
    this.outputShape = shape.map((size, axis) => size - sizes[axis] + 1);
    const axes: WindowAxis[] = [];
    for (const [axis, size] of shape.entries()) {
      const length = sizes[axis];
      const before = axes.at(-1);
      if (length === 1 && before?.length === 1) axes[axes.length - 1] = { size: before.size * size, length };
      else if (size !== 1) axes.push({ size, length });
    }
    if (axes.length === 0) axes.push({ size: 1, length: 1 });
    this.#axes = axes;
    const behind = (axis: number, of: (axis: WindowAxis) => number) => product(axes.slice(axis + 1).map(of));
    this.#steps = axes.map((_, axis) => behind(axis, ({ size }) => size));
    this.#outputSteps = axes.map((_, axis) => behind(axis, ({ size, length }) => size - length + 1));
    this.#bands = axes.map(({ size, length }, axis) =>
      length > 1 && this.#isWindowed(axis + 1)
        ? Math.min(size - length + 1, length * Math.ceil(BAND / length))
        : 0,
    );
    this.#endBytes = END_BYTES * most(axes.map(({ length }) => length));
    const banded = sum(this.#bands.map((band, axis) => band * this.#bandStep(axis)));
    // room for a vector behind the last row
    this.scratchBytes = this.#endBytes + banded + 2 * DOUBLE_BYTES;
  }

  /** Distance between rows of a band in bytes. */
  #bandStep(axis: number): number {
    return DOUBLE_BYTES * this.#steps[axis] + APART;
  }

  /** Whether this or a later axis has windows. */
  #isWindowed(axis: number): boolean {
    return this.#axes.slice(axis).some(({ length }) => length > 1);
  }

  /**
   * Sums numbers of the plan's shape from one address to another. The scratch memory must not overlap either.
   * @param items several inputs of this shape; their outputs are contiguous
   */
  run(
    entries: SignalEntries,
    from: number,
    isDouble: boolean,
    to: number,
    scratch: number,
    items: Items = { count: 1, step: 0 },
  ): void {
    this.#sum({ entries, scratch }, 0, from, isDouble, to, items, scratch + this.#endBytes);
  }

  /** Sums items along an axis and the axes after it; `band` is the address of unused scratch memory. */
  #sum(
    run: WindowRun,
    axis: number,
    source: number,
    double: boolean,
    target: number,
    items: Items,
    band: number,
  ): void {
    if (axis === this.#axes.length - 1) {
      this.#across(run, source, double, target, items);
      return;
    }
    const { size, length } = this.#axes[axis];
    const step = this.#steps[axis] * bytesOf(double);
    const outputs = this.#outputSteps[axis] * (size - length + 1) * DOUBLE_BYTES;
    for (let item = 0; item < items.count; item++) {
      const [from, to] = [source + item * items.step, target + item * outputs];
      if (length === 1) this.#sum(run, axis + 1, from, double, to, { count: size, step }, band);
      else this.#down(run, axis, from, double, to, step, band);
    }
  }

  /** Sums along an axis, then along the axes after it. */
  #down(
    run: WindowRun,
    axis: number,
    source: number,
    double: boolean,
    target: number,
    step: number,
    band: number,
  ): void {
    const { entries, scratch } = run;
    const { size, length } = this.#axes[axis];
    const columns = this.#steps[axis];
    const sum = double ? entries.windowSumsDown64 : entries.windowSumsDown32;
    const count = size - length + 1;
    const most = this.#bands[axis];
    if (most === 0) {
      sum(source, target, scratch, length, count, step, columns * DOUBLE_BYTES, columns);
      return;
    }
    const bandStep = this.#bandStep(axis);
    for (let begin = 0; begin < count; begin += most) {
      const rows = { count: Math.min(most, count - begin), step: bandStep };
      sum(source + begin * step, band, scratch, length, rows.count, step, bandStep, columns);
      const into = target + begin * this.#outputSteps[axis] * DOUBLE_BYTES;
      this.#sum(run, axis + 1, band, true, into, rows, band + most * bandStep);
    }
  }

  /** Sums rows along the last axis. */
  #across(
    { entries, scratch }: WindowRun,
    source: number,
    double: boolean,
    target: number,
    { count: rows, step }: Items,
  ): void {
    const { size, length } = this.#axes[this.#axes.length - 1];
    const count = size - length + 1;
    const sum = double ? entries.windowSumsAcross64 : entries.windowSumsAcross32;
    const quarter = Math.floor(count / 4);
    // the kernel processes four rows at a time; if there are fewer, each is divided into quarters
    if (rows >= 4 || quarter < length) {
      sum(source, target, scratch, length, count, step, count * DOUBLE_BYTES, rows);
      return;
    }
    const bytes = bytesOf(double);
    for (let row = 0; row < rows; row++) {
      const at = source + row * step;
      const into = target + row * count * DOUBLE_BYTES;
      sum(at, into, scratch, length, quarter, quarter * bytes, quarter * DOUBLE_BYTES, 4);
      const done = 4 * quarter;
      if (done < count)
        sum(at + done * bytes, into + done * DOUBLE_BYTES, scratch, length, count - done, 0, 0, 1);
    }
  }
}

/**
 * Sums the numbers of every window within the samples. The relative error is below 2^-53 times the number of elements of a window, relative to
 * the sum of their magnitudes, and does not depend on numbers outside the window. Sums of integers are exact below 2^53.
 *
 * @param sizes of the windows along each axis, 1 for none; at most those of the samples
 * @returns a sum for each window: size − length + 1 along each axis
 * @throws RangeError if memory is insufficient
 */
export function windowSums(samples: Samples, sizes: readonly number[]): Samples<'float64'> {
  const { shape } = samples;
  if (sizes.length !== shape.length || sizes.some((size, axis) => !(size >= 1 && size <= shape[axis])))
    throw new RangeError(`windows of ${asList(sizes)} do not fit ${asList(shape)}`);
  const purpose = `sums of windows of ${asList(sizes)} in ${asList(shape)}`;
  const dtype = dtypeIn(samples.data);
  const resident = dtype === 'float64' ? -1 : addressOf(samples);
  const numbers = resident < 0 ? (to: NumberArray) => to.set(samples.data) : resident;
  const data = sumsInMemory(shape, sizes, dtype, numbers, purpose).slice();
  return { data, shape: shape.map((size, axis) => size - sizes[axis] + 1) };
}

/**
 * The sums of all windows, as a view that is valid until wasm memory is used again.
 * @param numbers the address of the numbers, or a function that writes them
 * @param purpose names the sums in error messages
 * @throws RangeError if memory is insufficient
 */
export function sumsInMemory(
  shape: readonly number[],
  sizes: readonly number[],
  dtype: Dtype,
  numbers: number | ((to: NumberArray) => void),
  purpose: string,
): Float64Array {
  const plan = new WindowPlan(shape, sizes);
  const running = heap();
  const count = product(shape);
  const outputs = product(plan.outputShape);
  const isThere = typeof numbers === 'number';
  // room for a vector behind the numbers
  const inputBytes = isThere ? 0 : DOUBLE_BYTES * (count + 2);
  const address = running.reserve(plan.scratchBytes + inputBytes + DOUBLE_BYTES * outputs, purpose);
  const from = isThere ? numbers : address + plan.scratchBytes;
  const to = address + plan.scratchBytes + inputBytes;
  const { buffer } = running.memory;
  if (!isThere) numbers(numbersAt(buffer, from, count, dtype));
  plan.run(signalModule(running), from, dtype === 'float64', to, address);
  return new Float64Array(buffer, to, outputs);
}
