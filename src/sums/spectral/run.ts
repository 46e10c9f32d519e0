// Runs an FFT plan block by block: loads the signal, transforms, and copies the results.

import { aligned } from '../../core/bytes.js';
import { attached } from '../../core/tensor.js';
import type { Engine } from '../../engine/engine.js';
import type { SignalEntries } from '../../spectrum/entries.js';
import { signalModule } from '../../spectrum/module.js';
import { numberBytes } from '../../spectrum/sizes.js';
import {
  blockBytes,
  factorBytes,
  rowBytes,
  scaleOf,
  TRANSFORM_BYTES,
  Transform,
} from '../../spectrum/transform.js';
import type { SumRequest, Written } from '../request.js';
import type { NumberArray } from '../samples.js';
import { memoryOf } from '../scratch.js';
import { Accuracy, isTransformable } from './accuracy.js';
import { Drain } from './drain.js';
import { Feed, sourceFor } from './feed.js';
import { writeFilter } from './filter-layout.js';
import { type FilterFacts, factsOf, keptSpectrum } from './filter-spectrum.js';
import type { SpectralPlan } from './plan.js';

/** A range of outputs: the first along each axis of the plan, and how many. */
export interface PlanRange {
  readonly first: readonly number[];
  readonly count: readonly number[];
}

/** The largest spectrum that is cached, in bytes. Larger kernels are rarely reused, and their transform takes only as long as one block. */
const MOST_KEPT = 8 << 20;

/** All triples from `begin` to below `end` in steps. */
function* places(begin: readonly number[], end: readonly number[], step: readonly number[]) {
  for (let a = begin[0]; a < end[0]; a += step[0])
    for (let b = begin[1]; b < end[1]; b += step[1])
      for (let c = begin[2]; c < end[2]; c += step[2]) yield [a, b, c];
}

/** The state of a request's blocks during a call. */
export class SpectralRun {
  /** ranges of outputs that FFT cannot compute, because a number that is not finite would affect all outputs of a block */
  readonly refused: PlanRange[] = [];
  readonly #entries: SignalEntries;
  readonly #transform: Transform;
  readonly #facts: FilterFacts;
  readonly #accuracy: Accuracy;
  readonly #numbers: NumberArray;
  readonly #filter: NumberArray;
  readonly #feed: Feed;
  readonly #drain: Drain;
  /** addresses of the transform's task, of the window, of the results, of the row scratch and of the spectrum */
  readonly #room: number;
  readonly #window: number;
  readonly #results: number;
  readonly #work: number;
  readonly #spectrum: number;
  /** scratch bytes for the request's finish; 0 if results are copied */
  readonly #finishBytes: number;
  /** address of the source numbers for the finish */
  readonly #source: number;
  /** whether the spectrum exists before the first part */
  readonly #isMade: boolean;
  /** bytes of a number */
  readonly #bytes: number;
  /** the first element of the current part of the filter along each axis */
  #part: readonly number[] = [0, 0, 0];

  /** @throws RangeError if memory is insufficient */
  constructor(
    readonly engine: Engine,
    readonly plan: SpectralPlan,
    { signal, kernel, out }: Written,
    readonly request: SumRequest,
  ) {
    const { sizes, precision, together } = plan;
    this.#bytes = numberBytes(precision);
    this.#entries = signalModule(engine);
    this.#transform = new Transform(engine, sizes, precision);
    const kept = this.#kept(kernel.data);
    const source = sourceFor(plan, signal);
    // without a source the signal's data are computed here, which may grow memory; they are read again below
    const { BYTES_PER_ELEMENT } = source ? source.numbers : signal.data;
    this.#finishBytes = source ? aligned(request.finish?.bytes(plan) ?? 0) : 0;
    const keptBytes = this.#finishBytes > 0 ? sizes.rows * plan.axes[2].size * BYTES_PER_ELEMENT + 64 : 0;
    this.#room = engine.reserve(
      plan.scratch + this.#finishBytes + keptBytes,
      'a convolution through spectra',
    );
    this.#source = keptBytes > 0 ? this.#room + plan.scratch + this.#finishBytes : 0;
    this.#work = this.#room + TRANSFORM_BYTES;
    this.#spectrum = this.#work + rowBytes(sizes, precision);
    this.#window = this.#spectrum + factorBytes(sizes, precision);
    this.#results = together > 1 ? this.#window + Math.ceil(plan.window / 64) * 64 + 64 : this.#window;
    // memory does not grow from here on; growing would detach views of it
    this.#numbers = memoryOf(engine, precision);
    this.#filter = attached(kernel);
    this.#feed = new Feed(
      this.#entries,
      this.#numbers,
      source ? source.numbers : attached(signal),
      plan.axes,
      request.border,
      source,
      this.#source,
    );
    this.#drain = new Drain(this.#numbers, attached(out), plan.axes);
    this.#facts = kept?.facts ?? factsOf(this.#filter);
    this.#accuracy = new Accuracy(this.#entries, plan, this.#facts);
    this.#isMade = kept !== undefined;
    if (!kept) return;
    this.#spectrum = kept.memory.address;
    if (!kept.isMade) this.#transformFilter();
    kept.keep();
  }

  /** The filter's cached spectrum; undefined for a large one, and for a kernel in the engine's memory, where each view is a new object. */
  #kept(data: NumberArray) {
    const { axes, taps, sizes, precision } = this.plan;
    const bytes = factorBytes(sizes, precision);
    const inParts = axes.some((axis, i) => axis.taps !== taps[i]);
    if (inParts || bytes > MOST_KEPT || data.buffer === this.engine.f32.buffer) return undefined;
    const layout = String([taps, axes.map(({ turned }) => turned), Object.values(sizes)]);
    return keptSpectrum(this.engine, data, layout, bytes);
  }

  /** Computes all outputs. */
  run(): void {
    const { axes, taps, good, together, sizes, precision } = this.plan;
    const counts = axes.map(({ count }) => count);
    if (!isTransformable(this.#facts, sizes, precision)) {
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
      this.#transform.set(this.#room, 'product', this.#spectrum, this.#work);
      for (const first of places([0, 0, 0], counts, step)) {
        const count = first.map((at, i) => Math.min(step[i], counts[i] - at));
        if (sizes.rows * sizes.planes === 1) this.#strip(first, count);
        else this.#block(first, count);
      }
    }
  }

  /** Whether results are added to those of previous parts of the filter. */
  get #adds(): boolean {
    return this.#part.some((at) => at > 0);
  }

  /** Computes the spectrum of the current part of the filter, scaled for the inverse transform. */
  #transformFilter(): void {
    const { sizes, precision } = this.plan;
    const at = this.#window / this.#bytes;
    const place = { at, row: sizes.length, plane: sizes.length * sizes.rows };
    this.#numbers.fill(0, at, at + blockBytes(sizes, precision) / this.#bytes);
    writeFilter(this.#numbers, place, this.#filter, this.plan, this.#part, 1 / scaleOf(sizes));
    this.#transform.set(this.#room, 'forward', this.#spectrum, this.#work);
    this.#transform.block(this.#room, this.#window);
    this.#transform.factors(this.#room);
  }

  /** The position of a block's first number, for the block's first valid output. */
  #positions(first: readonly number[]): number[] {
    const { axes, skipped } = this.plan;
    return axes.map(({ last }, i) => last + first[i] - this.#part[i] - skipped[i]);
  }

  /** Computes one-row blocks side by side. */
  #strip(first: readonly number[], count: readonly number[]): void {
    const { good, skipped, sizes } = this.plan;
    const accuracy = this.#accuracy;
    const blocks = Math.ceil(count[2] / good[2]);
    const window = this.#window;
    const length = sizes.length + (blocks - 1) * good[2];
    this.#feed.row({ address: window, length }, this.#positions(first), count[2] + skipped[2]);
    const results = blocks > 1 ? this.#results : window;
    const step = good[2] * this.#bytes;
    const exact: number[] = [];
    for (let block = 0; block < blocks; block++)
      if (accuracy.isExact(accuracy.squares(window + block * step, sizes.length))) exact.push(block);
    this.#transform.rows(this.#room, window, results, blocks, step);
    const from = results + skipped[2] * this.#bytes;
    const own = (block: number) => Math.min(good[2], count[2] - block * good[2]);
    for (const block of exact) accuracy.round(from + block * step, own(block));
    if (!accuracy.isFinite(from, count[2]))
      for (let block = 0; block < blocks; block++)
        if (!accuracy.isFinite(from + block * step, own(block)))
          this.refused.push({
            first: [first[0], first[1], first[2] + block * good[2]],
            count: [1, 1, own(block)],
          });
    this.#drain.row(from, count[2], first, this.#adds);
  }

  /** Computes one block of several rows. */
  #block(first: readonly number[], count: readonly number[]): void {
    const { skipped, sizes, precision } = this.plan;
    const { length, rows, planes } = sizes;
    const accuracy = this.#accuracy;
    const pitch = rowBytes(sizes, precision);
    const window = this.#window;
    const positions = this.#positions(first);
    const [depth, height, width] = count.map((outputs, i) => outputs + skipped[i]);
    let squares = 0;
    for (let plane = 0; plane < planes; plane++) {
      const address = window + plane * rows * pitch;
      const needed = plane < depth ? [height, width] : [0, 0];
      this.#feed.plane({ address, length, rows }, [positions[0] + plane, positions[1], positions[2]], needed);
      for (let row = 0; row < rows && squares < Number.POSITIVE_INFINITY; row++)
        squares += accuracy.squares(address + row * pitch, length);
    }
    this.#transform.block(this.#room, window);

    const skip = skipped[1] * pitch + skipped[2] * this.#bytes;
    if (this.#finishBytes > 0) {
      this.request.finish!.take({
        buffer: this.#numbers.buffer as ArrayBuffer,
        at: window + skip,
        pitch,
        first,
        count,
        source: this.#source,
        free: this.#room + this.plan.scratch,
      });
      return;
    }
    const isExact = accuracy.isExact(squares);
    let isGood = true;
    for (let plane = 0; plane < count[0]; plane++) {
      const address = window + (plane + skipped[0]) * rows * pitch + skip;
      this.#entries.closeUp(address, 1, count[1], 0, pitch, count[2] * this.#bytes);
      isGood &&= accuracy.isFinite(address, count[1] * count[2]);
      if (isExact) accuracy.round(address, count[1] * count[2]);
      const place = [first[0] + plane, first[1], first[2]];
      this.#drain.plane(address, count[1], count[2], place, this.#adds);
    }
    if (!isGood) this.refused.push({ first, count });
  }
}
