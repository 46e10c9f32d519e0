// Strips: sums of the numbers of windows, and of their squares, in strips of an image. What is made of them is window-norms.ts.

import { DOUBLE_BYTES } from '../core/bytes.js';
import { product } from '../core/lists.js';
import { heap } from '../engine/heap.js';
import { signalModule } from '../spectrum/module.js';
import { dtypeIn, type Samples } from '../sums/samples.js';
import { numbersAt } from '../sums/scratch.js';
import { APART, WindowPlan } from '../sums/window-sums.js';
import { matchModule } from './module.js';
import { mapSizes } from './products.js';
import type { Shift } from './statistics.js';

/** Bytes of a strip of an image with the sums down it, as far as windows are short enough: half of a second-level cache. */
const STRIP_BYTES = 2 ** 19;

/** Bytes of a map of some rows of windows, of which there are five. */
const MAP_BYTES = 2 ** 16;

/** Numbers of a strip that is centred before it is summed. */
const PLAIN = 2 ** 17;

/** Bytes of the room that sums down columns take for each number of a window. */
const MOMENT_BYTES = 128;

/** Some windows that follow each other: the first, how many, and addresses of float64 for each. */
export interface Strip {
  readonly begin: number;
  readonly windows: number;
  readonly channel: number;
  /** sums over the channel's numbers, (x − centre) · scale, and over their squares */
  readonly sums: number;
  readonly squares: number;
  /** memory that keeps what is written there until the next channels of the same windows are done, and memory that doesn't */
  readonly variances: number;
  readonly energies: number;
  readonly free: number;
  readonly buffer: ArrayBuffer;
}

/** Strips of planes: rows of the first axis behind the channels, for some rows of windows. */
export class Strips {
  readonly channels: number;
  /** windows in all */
  readonly windows: number;
  /** numbers of a window, of one channel */
  readonly numbers: number;
  /** bytes of memory that is worked in, without that for numbers of the image */
  readonly bytes: number;
  readonly #planes: Samples;
  readonly #shift: Shift;
  readonly #template: readonly number[];
  readonly #hasMeans: boolean;
  /** numbers of a row of the image, and windows of a row of them */
  readonly #row: number;
  readonly #windowRow: number;
  /** sums go down first */
  readonly #isDown: boolean;
  /** rows of windows of a strip, and how many of them are finished together */
  readonly #most: number;
  readonly #group: number;
  /** the windows of a strip along what is not summed yet */
  readonly #across: WindowPlan;
  /** bytes for what is in progress, of sums of a strip and from one row of them to the next, of a map of some windows */
  readonly #scratchBytes: number;
  readonly #bandBytes: number;
  readonly #bandStep: number;
  readonly #mapBytes: number;

  /** @param hasMeans whether the windows' means are taken from them; without, sums of numbers are 0 */
  constructor(planes: Samples, shift: Shift, template: readonly number[], hasMeans: boolean) {
    this.#planes = planes;
    this.#shift = shift;
    this.#template = template;
    this.#hasMeans = hasMeans;
    const map = mapSizes(planes.shape, template);
    this.channels = planes.shape[0];
    this.windows = product(map);
    this.numbers = product(template.slice(1));
    this.#row = product(planes.shape.slice(2));
    this.#windowRow = product(map.slice(1));
    this.#isDown = this.#row >= 8 && dtypeIn(planes.data) !== 'float64';
    this.#most = this.#stripRows(map[0]);
    this.#group =
      !this.#isDown || this.channels > 1 ? this.#most : Math.min(this.#most, rowsAtOnce(this.#windowRow));
    this.#across = this.#planFor(this.#most);
    this.#bandStep = DOUBLE_BYTES * this.#row + APART;
    this.#bandBytes = this.#isDown ? this.#bandStep * this.#most : numberBytes(this.#elements(this.#most));
    this.#scratchBytes = Math.max(this.#across.scratchBytes, MOMENT_BYTES * template[1]);
    // with room for a vector, and for more than one where there are few windows
    this.#mapBytes = numberBytes(this.#group * this.#windowRow) + 64;
    this.bytes = this.#scratchBytes + 2 * this.#bandBytes + 5 * this.#mapBytes;
  }

  /**
   * Calls with some rows of windows after the others. A strip of the image is summed down first, from the numbers as they are given, and
   * then along the other axes, few rows at a time, which the caches still have when `done` is called. Signals, pictures less
   * than eight wide and those of float64 are centred before they are summed.
   */
  each(done: (strip: Strip) => void): void {
    const { data, shape } = this.#planes;
    const [channels, rows] = shape;
    const windowRows = rows - this.#template[1] + 1;
    const running = heap();
    const rawBytes = numberBytes(this.#elements(this.#most));
    const raw = running.reserve(rawBytes + this.bytes, 'the norms of windows');
    const buffer = running.memory.buffer as ArrayBuffer;
    for (let begin = 0; begin < windowRows; begin += this.#most) {
      const count = Math.min(this.#most, windowRows - begin);
      const elements = this.#elements(count);
      for (let channel = 0; channel < channels; channel++) {
        const from = (channel * rows + begin) * this.#row;
        numbersAt(buffer, raw, elements, dtypeIn(data)).set(data.subarray(from, from + elements));
        this.#strip(raw, raw + rawBytes, begin, count, channel, done);
      }
    }
  }

  /** The same for some rows of windows of one channel, whose numbers lie in memory. */
  of(numbers: number, free: number, begin: number, count: number, done: (strip: Strip) => void): void {
    const rowBytes = this.#row * this.#planes.data.BYTES_PER_ELEMENT;
    for (let first = 0; first < count; first += this.#most)
      this.#strip(
        numbers + first * rowBytes,
        free,
        begin + first,
        Math.min(this.#most, count - first),
        0,
        done,
      );
  }

  /** A strip, whose numbers lie in memory. */
  #strip(
    raw: number,
    free: number,
    begin: number,
    count: number,
    channel: number,
    done: (strip: Strip) => void,
  ): void {
    const running = heap();
    const buffer = running.memory.buffer as ArrayBuffer;
    const entries = matchModule(running);
    const signals = signalModule(running);
    const row = this.#row;
    const bandStep = this.#bandStep;
    const numbers = free + this.#scratchBytes;
    const squares = numbers + this.#bandBytes;
    const maps = squares + this.#bandBytes;
    const [sums, own, variances, energies, rest] = [0, 1, 2, 3, 4].map((i) => maps + i * this.#mapBytes);
    if (!this.#hasMeans) new Float64Array(buffer, sums, this.#group * this.#windowRow).fill(0);
    const { centres, scale } = this.#shift;
    const centre = centres[channel];
    const { BYTES_PER_ELEMENT } = this.#planes.data;
    if (this.#isDown)
      entries.windowMomentsDown32(
        raw,
        numbers,
        squares,
        free,
        this.#template[1],
        count,
        row * BYTES_PER_ELEMENT,
        bandStep,
        row,
        centre,
        scale,
      );
    else {
      const centred = BYTES_PER_ELEMENT === DOUBLE_BYTES ? entries.centre64 : entries.centre32;
      centred(raw, this.#elements(count), centre, scale, numbers, squares);
    }
    const across = this.#isDown || count === this.#most ? this.#across : this.#planFor(count);
    for (let first = 0; first < count; first += this.#group) {
      const some = Math.min(this.#group, count - first);
      const items = { count: this.#isDown ? some : 1, step: bandStep };
      const skip = first * bandStep;
      across.run(signals, squares + skip, true, own, free, items);
      if (this.#hasMeans) across.run(signals, numbers + skip, true, sums, free, items);
      done({
        begin: (begin + first) * this.#windowRow,
        windows: some * this.#windowRow,
        channel,
        sums,
        squares: own,
        variances,
        energies,
        free: rest,
        buffer,
      });
    }
  }

  /** Numbers of the image that so many rows of windows have. */
  #elements(count: number): number {
    return (count + this.#template[1] - 1) * this.#row;
  }

  /** The windows that are left of a strip. */
  #planFor(count: number): WindowPlan {
    const rest = this.#planes.shape.slice(2);
    const [, length, ...inner] = this.#template;
    return this.#isDown
      ? new WindowPlan(rest, inner)
      : new WindowPlan([count + length - 1, ...rest], [length, ...inner]);
  }

  /** Rows of windows of a strip: whole segments, as sums down columns begin anew with each of these. */
  #stripRows(windowRows: number): number {
    const row = this.#row;
    const length = this.#template[1];
    if (!this.#isDown) return Math.min(windowRows, Math.max(Math.floor(PLAIN / row), length));
    // the image, and sums down it of numbers and squares
    const fit = Math.floor(STRIP_BYTES / DOUBLE_BYTES / (3 * row));
    return Math.min(windowRows, length * Math.max(1, Math.floor(fit / length)));
  }
}

/** Bytes of so many numbers, with room for a vector behind them. */
const numberBytes = (count: number): number => DOUBLE_BYTES * (count + 2);

/** Rows of windows that are finished together: whole fours, as windows along rows are summed for four at a time. */
function rowsAtOnce(windowRow: number): number {
  return 4 * Math.max(1, Math.floor(MAP_BYTES / DOUBLE_BYTES / (4 * windowRow)));
}
