// Window sums: of all windows of one size, in float64. Three additions a number and axis, however large the windows are.

import { DOUBLE_BYTES, FLOAT_BYTES } from '../core/bytes.js';
import { asList } from '../core/errors.js';
import { product } from '../core/lists.js';
import { addressOf } from '../engine/address.js';
import { heap } from '../engine/heap.js';
import type { SignalEntries } from '../spectrum/entries.js';
import { signalModule } from '../spectrum/module.js';
import { type Dtype, dtypeIn, type NumberArray, type Samples } from './samples.js';
import { numbersAt } from './scratch.js';

/** Bytes of the room that the kernels take for each number of a window. */
const END_BYTES = 64;

/** A cache line between the rows of a band: at a distance of 4096 bytes they would share a set of the first-level cache. */
export const APART = 64;

/** Rows that are summed down before they are summed across, while the cache has them; whole segments, so rather more. */
const BAND = 32;

/** An axis of windows, or several side by side that have none. */
interface WindowAxis {
  readonly size: number;
  /** numbers of a window; 1 for none */
  readonly length: number;
}

/** A call in progress: the kernels, and the address of the scratch. */
interface WindowRun {
  readonly entries: SignalEntries;
  readonly scratch: number;
}

/** Items that are summed alike: how many, and bytes from one to the next. */
interface Items {
  readonly count: number;
  readonly step: number;
}

const bytesOf = (double: boolean) => (double ? DOUBLE_BYTES : FLOAT_BYTES);

/**
 * How the windows of a shape are summed, from numbers to numbers in wasm memory: down the first axis that has windows, a band of rows
 * at a time, and each band along the others.
 */
export class WindowPlan {
  readonly outputShape: readonly number[];
  /** of wasm memory beside input and output, a multiple of eight */
  readonly scratchBytes: number;
  readonly #axes: readonly WindowAxis[];
  /** for each axis, numbers from one of its elements to the next: of the input, and of the output */
  readonly #steps: readonly number[];
  readonly #outputSteps: readonly number[];
  /** for each axis, rows that are summed down at a time; 0 where all are */
  readonly #bands: readonly number[];
  /** of the room that the kernels take, where scratch begins */
  readonly #endBytes: number;

  /** @param sizes of a window along each axis, 1 for none; not larger than the shape's */
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
    this.#endBytes = END_BYTES * axes.reduce((longest, { length }) => Math.max(longest, length), 1);
    const banded = this.#bands.reduce((sum, band, axis) => sum + band * this.#bandStep(axis), 0);
    // behind the last row a vector is free
    this.scratchBytes = this.#endBytes + banded + 2 * DOUBLE_BYTES;
  }

  /** Bytes from one row of a band to the next. */
  #bandStep(axis: number): number {
    return DOUBLE_BYTES * this.#steps[axis] + APART;
  }

  /** Whether an axis from there on has windows. */
  #isWindowed(axis: number): boolean {
    return this.#axes.slice(axis).some(({ length }) => length > 1);
  }

  /**
   * Sums numbers of this shape at an address into another one; the scratch is elsewhere too.
   * @param items the same `count` times over; sums follow each other
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

  /** Sums items along an axis and those behind it; `band` is free memory. */
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

  /** Sums down an axis, and then along those behind it. */
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

  /** Sums along the last axis, for rows. */
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
    // four rows go through at a time: of fewer, the quarters of each are four rows
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
 * Sums the numbers of every window that lies within the samples. A sum's error is below 2^-53 times the numbers of the window, in units
 * of the sum of their magnitudes, and nothing outside of a window has a part in it; sums of integers are exact below 2^53.
 *
 * @param sizes of the windows along each axis, 1 for none, not larger than the samples'
 * @returns along each axis as many as there are windows: size − length + 1
 * @throws RangeError if there is not enough memory
 */
export function windowSums(samples: Samples, sizes: readonly number[]): Samples<'float64'> {
  const { shape } = samples;
  if (sizes.length !== shape.length || sizes.some((size, axis) => !(size >= 1 && size <= shape[axis])))
    throw new RangeError(`windows of ${asList(sizes)} do not lie within ${asList(shape)}`);
  const purpose = `sums of windows of ${asList(sizes)} in ${asList(shape)}`;
  const dtype = dtypeIn(samples.data);
  const resident = dtype === 'float64' ? -1 : addressOf(samples);
  const numbers = resident < 0 ? (to: NumberArray) => to.set(samples.data) : resident;
  const data = sumsInMemory(shape, sizes, dtype, numbers, purpose).slice();
  return { data, shape: shape.map((size, axis) => size - sizes[axis] + 1) };
}

/**
 * The sums of every window, where they lie until memory is used again.
 * @param numbers their address, or what writes them
 * @param purpose what errors call it
 * @throws RangeError if there is not enough memory
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
  // behind the numbers a vector is free
  const inputBytes = isThere ? 0 : DOUBLE_BYTES * (count + 2);
  const address = running.reserve(plan.scratchBytes + inputBytes + DOUBLE_BYTES * outputs, purpose);
  const from = isThere ? numbers : address + plan.scratchBytes;
  const to = address + plan.scratchBytes + inputBytes;
  const { buffer } = running.memory;
  if (!isThere) numbers(numbersAt(buffer, from, count, dtype));
  plan.run(signalModule(running), from, dtype === 'float64', to, address);
  return new Float64Array(buffer, to, outputs);
}
