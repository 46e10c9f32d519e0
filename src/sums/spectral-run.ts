// Spectral run: the blocks of a spectral plan, one after the other: filled with the signal, computed, and copied out.

import { product } from '../core/lists.js';
import type { Engine } from '../engine/engine.js';
import type { SignalEntries } from '../spectrum/entries.js';
import { signalModule } from '../spectrum/module.js';
import { numberBytes } from '../spectrum/sizes.js';
import {
  blockBytes,
  scaleOf,
  spectrumBytes,
  TRANSFORM_BYTES,
  Transform,
  workBytes,
} from '../spectrum/transform.js';
import { elementAt } from './border.js';
import { fillRow } from './fill.js';
import { type FilterFacts, factsOf, keptSpectrum } from './filter-spectrum.js';
import type { SumOperands, SumRequest } from './request.js';
import type { NumberArray } from './samples.js';
import type { SpectralPlan } from './spectral-plan.js';

/** Outputs of some blocks: the first along each axis of the plan, and how many. */
export interface PlanRange {
  readonly first: readonly number[];
  readonly count: readonly number[];
}

/** Half the distance between numbers around 1, and filters too small to be divided by a block's size. */
const limits = {
  float32: { unit: 2 ** -24, tiny: 1e-28 },
  float64: { unit: 2 ** -53, tiny: 1e-280 },
} as const;

/** Bytes of a spectrum that is kept. A larger one is of a kernel that hardly comes again, and is made in as long as one block. */
const MOST_KEPT = 2 ** 20;

/** Numbers from one element of each axis to the next. */
const stepsOf = ([, rows, length]: readonly number[]): number[] => [rows * length, length, 1];

/** Lists of three, as combinations of the numbers below each. */
function* places(begin: readonly number[], end: readonly number[], step: readonly number[]) {
  for (let a = begin[0]; a < end[0]; a += step[0])
    for (let b = begin[1]; b < end[1]; b += step[1])
      for (let c = begin[2]; c < end[2]; c += step[2]) yield [a, b, c];
}

/** A request's blocks, for the call in progress. */
export class SpectralRun {
  /** outputs that no spectrum can compute: numbers that are not finite would spread over all outputs of a block */
  readonly refused: PlanRange[] = [];
  readonly #entries: SignalEntries;
  readonly #transform: Transform;
  readonly #facts: FilterFacts;
  readonly #numbers: NumberArray;
  readonly #signal: NumberArray;
  readonly #filter: NumberArray;
  readonly #out: NumberArray;
  /** addresses */
  readonly #room: number;
  readonly #window: number;
  readonly #results: number;
  readonly #work: number;
  readonly #spectrum: number;
  /** the spectrum is there before a part is taken */
  readonly #isMade: boolean;
  /** bytes of a number */
  readonly #bytes: number;
  /** of the part of the filter that is taken: its first element along each axis */
  #part: readonly number[] = [0, 0, 0];

  /** @throws RangeError where memory lacks */
  constructor(
    readonly engine: Engine,
    readonly plan: SpectralPlan,
    { signal, kernel, out }: Required<SumOperands>,
    readonly request: SumRequest,
  ) {
    const { sizes, precision, swapped, together, good } = plan;
    const bytes = numberBytes(precision);
    this.#bytes = bytes;
    this.#entries = signalModule(engine);
    this.#transform = new Transform(engine, sizes, precision);
    const filterOperand = swapped ? signal : kernel;
    const kept = this.#kept(filterOperand.data);
    const isRow = sizes.rows * sizes.planes === 1;
    const window = isRow ? bytes * (sizes.length + (together - 1) * good[2]) : blockBytes(sizes, precision);
    this.#room = engine.reserve(plan.scratch, 'a convolution through spectra');
    this.#work = this.#room + TRANSFORM_BYTES;
    this.#spectrum = this.#work + workBytes(sizes, precision);
    this.#window = this.#spectrum + spectrumBytes(sizes, precision);
    this.#results = together > 1 ? this.#window + Math.ceil(window / 64) * 64 + 64 : this.#window;
    // memory does not grow from here on, which would detach what is a view of it
    const { buffer } = engine.f32;
    this.#numbers = precision === 'float32' ? engine.f32 : new Float64Array(buffer);
    this.#filter = filterOperand.data;
    this.#signal = (swapped ? kernel : signal).data;
    this.#out = out.data;
    this.#facts = kept?.facts ?? factsOf(this.#filter);
    this.#isMade = kept !== undefined;
    if (!kept) return;
    this.#spectrum = kept.memory.address;
    if (!kept.isMade) this.#transformFilter();
    kept.keep();
  }

  /** The spectrum that is kept for the filter; none for a large one, or in memory of the engine, of which every view is another. */
  #kept(data: NumberArray) {
    const { axes, taps, sizes, precision, swapped } = this.plan;
    const bytes = spectrumBytes(sizes, precision);
    const inParts = axes.some((axis, i) => axis.taps !== taps[i]);
    if (inParts || bytes > MOST_KEPT || data.buffer === this.engine.f32.buffer) return undefined;
    const layout = [
      ...taps,
      ...axes.map(({ turned }) => turned),
      sizes.planes,
      sizes.rows,
      sizes.length,
      swapped,
    ].join();
    return keptSpectrum(this.engine, data, layout, bytes);
  }

  /** Computes everything. */
  run(): void {
    const { axes, taps, good, together, sizes, precision } = this.plan;
    const counts = axes.map(({ count }) => count);
    const facts = this.#facts;
    if (!facts.isFinite || (facts.largest > 0 && facts.largest / scaleOf(sizes) < limits[precision].tiny)) {
      this.refused.push({ first: [0, 0, 0], count: counts });
      return;
    }
    const step = [good[0], good[1], good[2] * together];
    for (const part of places(
      [0, 0, 0],
      axes.map((axis) => axis.taps),
      taps,
    )) {
      this.#part = part;
      if (!this.#isMade) this.#transformFilter();
      for (const first of places([0, 0, 0], counts, step)) {
        const count = first.map((at, i) => Math.min(step[i], counts[i] - at));
        if (sizes.rows * sizes.planes === 1) this.#strip(first, count);
        else this.#block(first, count);
      }
    }
  }

  /** Whether this is the first part of the filter, whose results are written rather than added. */
  get #isFirst(): boolean {
    return this.#part.every((at) => at === 0);
  }

  /** Elements of the filter in this part, along each axis. */
  get #taps(): number[] {
    return this.plan.axes.map((axis, i) => Math.min(this.plan.taps[i], axis.taps - this.#part[i]));
  }

  /** Writes the spectrum of the filter's part, with the scale of the inverse in it. */
  #transformFilter(): void {
    const { axes, sizes, precision } = this.plan;
    const numbers = this.#numbers;
    const { pitch } = this.#transform;
    const scale = 1 / scaleOf(sizes);
    const steps = stepsOf(axes.map((axis) => axis.taps));
    const taps = this.#taps;
    const from = this.#window / this.#bytes;
    numbers.fill(0, from, from + blockBytes(sizes, precision) / this.#bytes);
    /** the filter's element, of which some axes are read from the end */
    const element = (axis: number, tap: number): number => {
      const at = this.#part[axis] + tap;
      return steps[axis] * (axes[axis].turned ? axes[axis].taps - 1 - at : at);
    };
    const run = axes[2].turned ? -1 : 1;
    for (let plane = 0; plane < taps[0]; plane++)
      for (let row = 0; row < taps[1]; row++) {
        const at = from + ((plane * sizes.rows + row) * pitch) / this.#bytes;
        const begin = element(0, plane) + element(1, row) + element(2, 0);
        for (let tap = 0; tap < taps[2]; tap++) numbers[at + tap] = this.#filter[begin + run * tap] * scale;
      }
    this.#transform.block('forward', this.#window, this.#spectrum, this.#room, this.#work);
  }

  /** The position that the first number of a block stands for, whose first output is given. */
  #positions(first: readonly number[]): number[] {
    return this.plan.axes.map(({ last }, i) => last + first[i] - this.#part[i] - (this.plan.taps[i] - 1));
  }

  /** Blocks of one row, side by side. */
  #strip(first: readonly number[], count: readonly number[]): void {
    const { good, taps, sizes } = this.plan;
    const blocks = Math.ceil(count[2] / good[2]);
    const length = sizes.length + (blocks - 1) * good[2];
    const at = this.#window / this.#bytes;
    this.#fill(at, length, this.#positions(first), count[2] + taps[2] - 1);
    const results = blocks > 1 ? this.#results : this.#window;
    const rounded = Array.from({ length: blocks }, (_, block) =>
      this.#isExact([this.#window + block * good[2] * this.#bytes], sizes.length),
    );
    const step = good[2] * this.#bytes;
    this.#transform.rows(
      'product',
      this.#window,
      results,
      this.#spectrum,
      this.#room,
      this.#work,
      blocks,
      step,
    );
    const from = results + (taps[2] - 1) * this.#bytes;
    const isGood = this.#isFinite(from, count[2]);
    for (let block = 0; block < blocks; block++) {
      const own = Math.min(good[2], count[2] - block * good[2]);
      const place = [first[0], first[1], first[2] + block * good[2]];
      if (!isGood && !this.#isFinite(from + block * step, own))
        this.refused.push({ first: place, count: [1, 1, own] });
      if (rounded[block]) this.#round(from + block * step, own);
    }
    this.#write(from / this.#bytes, first, count[2]);
  }

  /** One block of rows. */
  #block(first: readonly number[], count: readonly number[]): void {
    const { taps, sizes } = this.plan;
    const { pitch } = this.#transform;
    const positions = this.#positions(first);
    const needed = count.map((outputs, i) => outputs + taps[i] - 1);
    const rows: number[] = [];
    for (let plane = 0; plane < sizes.planes; plane++)
      for (let row = 0; row < sizes.rows; row++) {
        const address = this.#window + (plane * sizes.rows + row) * pitch;
        const at = address / this.#bytes;
        rows.push(address);
        if (plane >= needed[0] || row >= needed[1]) this.#numbers.fill(0, at, at + sizes.length);
        else
          this.#fill(at, sizes.length, [positions[0] + plane, positions[1] + row, positions[2]], needed[2]);
      }
    const isExact = this.#isExact(rows, sizes.length);
    this.#transform.block('product', this.#window, this.#spectrum, this.#room, this.#work);

    const skip = (taps[2] - 1) * this.#bytes;
    const good: { address: number; place: number[] }[] = [];
    for (let plane = 0; plane < count[0]; plane++)
      for (let row = 0; row < count[1]; row++)
        good.push({
          address: rows[(plane + taps[0] - 1) * sizes.rows + row + taps[1] - 1] + skip,
          place: [first[0] + plane, first[1] + row, first[2]],
        });
    if (!good.every(({ address }) => this.#isFinite(address, count[2]))) this.refused.push({ first, count });
    for (const { address, place } of good) {
      if (isExact) this.#round(address, count[2]);
      this.#write(address / this.#bytes, place, count[2]);
    }
  }

  /** Writes `count` numbers at an index: `needed` of the signal from the positions on, and zeros. */
  #fill(at: number, count: number, positions: readonly number[], needed: number): void {
    const { axes } = this.plan;
    const { border } = this.request;
    const steps = stepsOf(axes.map(({ size }) => size));
    const elements = [0, 1].map((i) => elementAt(positions[i], axes[i].size, border));
    const from = elements.some((element) => element < 0)
      ? -1
      : elements[0] * steps[0] + elements[1] * steps[1];
    const met = Math.min(needed, count);
    fillRow(this.#numbers, at, met, this.#signal, from, axes[2].size, positions[2], border);
    this.#numbers.fill(0, at + met, at + count);
  }

  /** Whether all numbers are integers, those of the filter too, and the promised error is so small that rounding takes it away. */
  #isExact(addresses: readonly number[], count: number): boolean {
    const { precision, logSize } = this.plan;
    const { areIntegers, squares } = this.#facts;
    if (!areIntegers) return false;
    const { integerSquares32, integerSquares64 } = this.#entries;
    const squaresAt = precision === 'float32' ? integerSquares32 : integerSquares64;
    let sum = 0;
    for (const address of addresses) {
      const own = squaresAt(address, count);
      if (!(own >= 0)) return false;
      sum += own;
    }
    return limits[precision].unit * logSize * Math.sqrt(sum * squares) < 0.25;
  }

  #isFinite(address: number, count: number): boolean {
    const { finite32, finite64 } = this.#entries;
    return (this.plan.precision === 'float32' ? finite32 : finite64)(address, count) !== 0;
  }

  #round(address: number, count: number): void {
    if (this.plan.precision === 'float32') this.#entries.round32(address, count);
    else this.#entries.round64(address, count);
  }

  /** Copies outputs of a row out, or adds them to those of other parts of the filter. */
  #write(from: number, place: readonly number[], count: number): void {
    const { axes } = this.plan;
    const steps = stepsOf(axes.map((axis) => axis.count));
    const index = (axis: number, at: number) =>
      steps[axis] * (axes[axis].backwards ? axes[axis].count - 1 - at : at);
    const to = index(0, place[0]) + index(1, place[1]) + index(2, place[2]);
    const out = this.#out;
    const numbers = this.#numbers;
    if (this.#isFirst && !axes[2].backwards) {
      out.set(numbers.subarray(from, from + count), to);
      return;
    }
    const run = axes[2].backwards ? -1 : 1;
    for (let i = 0; i < count; i++)
      out[to + run * i] = numbers[from + i] + (this.#isFirst ? 0 : out[to + run * i]);
  }
}

/** All outputs of a plan. */
export const outputsOf = ({ axes }: SpectralPlan): number => product(axes.map(({ count }) => count));
