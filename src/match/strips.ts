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
  readonly #planes: Samples;
  readonly #shift: Shift;
  readonly #template: readonly number[];
  readonly #hasMeans: boolean;
  readonly #map: readonly number[];

  /** @param hasMeans whether the windows' means are taken from them; without, sums of numbers are 0 */
  constructor(planes: Samples, shift: Shift, template: readonly number[], hasMeans: boolean) {
    this.#planes = planes;
    this.#shift = shift;
    this.#template = template;
    this.#hasMeans = hasMeans;
    this.#map = mapSizes(planes.shape, template);
    this.channels = planes.shape[0];
    this.windows = product(this.#map);
    this.numbers = product(template.slice(1));
  }

  /**
   * Calls with some rows of windows after the others. A strip of the image is summed down first, from the numbers as they are given, and
   * then along the other axes, few rows at a time, which the caches still have when `done` is called. Signals, pictures less
   * than eight wide and those of float64 are centred before they are summed.
   */
  each(done: (strip: Strip) => void): void {
    const { data, shape } = this.#planes;
    const [channels, rows, ...rest] = shape;
    const [, length, ...inner] = this.#template;
    const isDouble = dtypeIn(data) === 'float64';
    const row = product(rest);
    const isDown = row >= 8 && !isDouble;
    const windowRows = rows - length + 1;
    const windowRow = product(this.#map.slice(1));
    const most = this.#stripRows(row, isDown);
    const group = !isDown || channels > 1 ? most : Math.min(most, rowsAtOnce(windowRow));

    const plan = (count: number) =>
      isDown
        ? new WindowPlan(rest, inner)
        : new WindowPlan([count + length - 1, ...rest], [length, ...inner]);
    const full = plan(most);
    const bytes = (count: number) => DOUBLE_BYTES * (count + 2);
    const bandStep = DOUBLE_BYTES * row + APART;
    const bandBytes = isDown ? bandStep * most : bytes((most + length - 1) * row);
    const rawBytes = bytes((most + length - 1) * row);
    const scratchBytes = Math.max(full.scratchBytes, MOMENT_BYTES * length);
    // with room for a vector, and for more than one where there are few windows
    const map = bytes(group * windowRow) + 64;
    const running = heap();
    const at = running.reserve(scratchBytes + rawBytes + 2 * bandBytes + 5 * map, 'the norms of windows');
    const buffer = running.memory.buffer as ArrayBuffer;
    const entries = matchModule(running);
    const signals = signalModule(running);
    const raw = at + scratchBytes;
    const numbers = raw + rawBytes;
    const squares = numbers + bandBytes;
    const maps = squares + bandBytes;
    const [sums, own, variances, energies, free] = [0, 1, 2, 3, 4].map((i) => maps + i * map);
    if (!this.#hasMeans) new Float64Array(buffer, sums, group * windowRow).fill(0);
    const centre = isDouble ? signals.centre64 : signals.centre32;
    const rowBytes = row * data.BYTES_PER_ELEMENT;

    for (let begin = 0; begin < windowRows; begin += most) {
      const count = Math.min(most, windowRows - begin);
      const elements = (count + length - 1) * row;
      const across = isDown || count === most ? full : plan(count);
      for (let channel = 0; channel < channels; channel++) {
        const from = (channel * rows + begin) * row;
        numbersAt(buffer, raw, elements, dtypeIn(data)).set(data.subarray(from, from + elements));
        const { centres, scale } = this.#shift;
        if (!isDown) centre(raw, elements, centres[channel], scale, numbers, squares);
        else
          entries.windowMomentsDown32(
            raw,
            numbers,
            squares,
            at,
            length,
            count,
            rowBytes,
            bandStep,
            row,
            centres[channel],
            scale,
          );
        for (let first = 0; first < count; first += group) {
          const some = Math.min(group, count - first);
          const items = isDown ? some : 1;
          const skip = first * bandStep;
          across.runItems(signals, squares + skip, own, at, items, bandStep);
          if (this.#hasMeans) across.runItems(signals, numbers + skip, sums, at, items, bandStep);
          done({
            begin: (begin + first) * windowRow,
            windows: some * windowRow,
            channel,
            sums,
            squares: own,
            variances,
            energies,
            free,
            buffer,
          });
        }
      }
    }
  }

  /** Rows of windows of a strip: whole segments, as sums down columns begin anew with each of these. */
  #stripRows(row: number, isDown: boolean): number {
    const [, rows] = this.#planes.shape;
    const length = this.#template[1];
    const windowRows = rows - length + 1;
    if (!isDown) return Math.min(windowRows, Math.max(Math.floor(PLAIN / row), length));
    // the image, and sums down it of numbers and squares
    const fit = Math.floor(STRIP_BYTES / DOUBLE_BYTES / (3 * row));
    return Math.min(windowRows, length * Math.max(1, Math.floor(fit / length)));
  }
}

/** Rows of windows that are finished together: whole fours, as windows along rows are summed for four at a time. */
function rowsAtOnce(windowRow: number): number {
  return 4 * Math.max(1, Math.floor(MAP_BYTES / DOUBLE_BYTES / (4 * windowRow)));
}
