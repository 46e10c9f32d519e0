// Window sums and sums of squared numbers, one strip of rows of the image at a time. window-norms.ts makes norms and scores from them.

import { DOUBLE_BYTES } from '../../core/bytes.js';
import { product } from '../../core/lists.js';
import { heap } from '../../engine/heap.js';
import { signalModule } from '../../spectrum/module.js';
import { dtypeIn, type Samples } from '../../sums/samples.js';
import { numbersAt } from '../../sums/scratch.js';
import { APART, WindowPlan } from '../../sums/window-sums.js';
import { matchModule } from '../module.js';
import type { Shift } from '../statistics.js';
import { mapSizes } from './products.js';

/** Bytes of an image strip and its column sums, if windows are short enough: half of a second-level cache. */
const STRIP_BYTES = 2 ** 19;

/** Bytes of each of the five maps of a group of window rows. */
const MAP_BYTES = 2 ** 16;

/** Numbers of a strip that is centred before it is summed. */
const CENTRED_STRIP = 2 ** 17;

/** Scratch bytes of the column sums for each row of a window. */
const MOMENT_BYTES = 128;

/** Consecutive windows: the first, their number, and addresses of a float64 number for each. */
interface Strip {
  readonly begin: number;
  readonly windows: number;
  readonly channel: number;
  /** sums of (x − centre) · scale over the channel, and of its square */
  readonly sums: number;
  readonly squares: number;
  /** `variances` and `energies` keep their content until all channels of the same windows are done; `free` does not */
  readonly variances: number;
  readonly energies: number;
  readonly free: number;
  readonly buffer: ArrayBuffer;
}

/** Divides planes into strips of rows of the first spatial axis, one for some rows of windows. */
export class Strips {
  readonly channels: number;
  /** number of windows of the whole image */
  readonly windows: number;
  /** elements of a window in one channel */
  readonly numbers: number;
  /** bytes of scratch memory, without the copy of the image strip */
  readonly bytes: number;
  readonly #planes: Samples;
  readonly #shift: Shift;
  readonly #template: readonly number[];
  readonly #hasMeans: boolean;
  /** numbers in a row of the image, and windows in a row of windows */
  readonly #row: number;
  readonly #windowRow: number;
  /** whether columns are summed first */
  readonly #isDown: boolean;
  /** rows of windows in a strip, and in a group that is finished together */
  readonly #most: number;
  readonly #group: number;
  /** the window sums along the remaining axes */
  readonly #across: WindowPlan;
  /** bytes of scratch memory, of a strip's column sums and of one row of them, and of the map of a group */
  readonly #scratchBytes: number;
  readonly #bandBytes: number;
  readonly #bandStep: number;
  readonly #mapBytes: number;

  /** @param hasMeans whether sums are needed to subtract the windows' means; otherwise they are 0 */
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
    // with room for a vector, and for rounding up if there are few windows
    this.#mapBytes = numberBytes(this.#group * this.#windowRow) + 64;
    this.bytes = this.#scratchBytes + 2 * this.#bandBytes + 5 * this.#mapBytes;
  }

  /**
   * Calls `done` for one group of window rows after another. Each strip of the image is summed down its columns first, directly from
   * the copied numbers, and then along the other axes in groups of few rows, which are still in the cache when `done` is called. Signals,
   * pictures narrower than eight columns and float64 pictures are centred before they are summed.
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

  /** The same for some rows of windows of one channel, whose numbers are already in wasm memory. */
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

  /** Processes one strip, whose numbers are already in wasm memory. */
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

  /** How many numbers of the image a number of window rows covers. */
  #elements(count: number): number {
    return (count + this.#template[1] - 1) * this.#row;
  }

  /** The window sums along the axes that are not summed yet. */
  #planFor(count: number): WindowPlan {
    const rest = this.#planes.shape.slice(2);
    const [, length, ...inner] = this.#template;
    return this.#isDown
      ? new WindowPlan(rest, inner)
      : new WindowPlan([count + length - 1, ...rest], [length, ...inner]);
  }

  /** Window rows in a strip: a multiple of the window's height, because column sums restart after each such segment. */
  #stripRows(windowRows: number): number {
    const row = this.#row;
    const length = this.#template[1];
    if (!this.#isDown) return Math.min(windowRows, Math.max(Math.floor(CENTRED_STRIP / row), length));
    // the strip of the image, and its column sums of numbers and of squares
    const fit = Math.floor(STRIP_BYTES / DOUBLE_BYTES / (3 * row));
    return Math.min(windowRows, length * Math.max(1, Math.floor(fit / length)));
  }
}

/** Bytes of a number of float64 elements, with room for a vector behind them. */
const numberBytes = (count: number): number => DOUBLE_BYTES * (count + 2);

/** Rows of windows that are finished together: a multiple of four, because row sums process four rows at a time. */
function rowsAtOnce(windowRow: number): number {
  return 4 * Math.max(1, Math.floor(MAP_BYTES / DOUBLE_BYTES / (4 * windowRow)));
}
