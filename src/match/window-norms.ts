// Window norms: the square of the norm of each window, from sums over windows in strips of the image.

import { DOUBLE_BYTES } from '../core/bytes.js';
import { product } from '../core/lists.js';
import { heap } from '../engine/heap.js';
import { signalModule } from '../spectrum/module.js';
import { dtypeIn, type NumberArray, type Samples } from '../sums/samples.js';
import { numbersAt } from '../sums/scratch.js';
import { APART, WindowPlan } from '../sums/window-sums.js';
import {
  type Limits,
  quotientEntry,
  ROUNDING,
  SMALLEST_SHARE,
  SQUARE_SLACK,
  type WindowNorms,
} from './finish.js';
import { mapSizes } from './products.js';
import type { Shift, Statistics } from './statistics.js';

/** Bytes of a strip of an image with the sums down it, as far as windows are short enough: half of a second-level cache. */
const STRIP_BYTES = 2 ** 19;

/** Bytes of a map of some rows of windows, of which there are five. */
const MAP_BYTES = 2 ** 16;

/** Windows of a strip of a signal. */
const SIGNAL = 2 ** 17;

/** Bytes of the room that sums down columns take for each number of a window. */
const MOMENT_BYTES = 128;

/** What the norms of windows are of. */
export type NormKind = 'deviation' | 'plain';

/** Windows of a template's size, for norms of (x − the window's mean) · scale, or of x · scale, over all channels. */
export function stripsOf(
  kind: NormKind,
  planes: Samples,
  statistics: Statistics,
  template: readonly number[],
): { strips: Strips; limits: Limits } {
  if (kind === 'plain') {
    const { plain, plainEnergy } = statistics;
    const limits = { share: 0, limit: plainEnergy * SMALLEST_SHARE, isZeroSure: true };
    return { strips: new Strips(planes, plain, template, false), limits };
  }
  const { whole, reach, energy } = statistics;
  const count = product(template.slice(1));
  // n Σx² and (Σx)² of whole numbers are exact where they fit: then a variance is, and exactly 0 in flat windows
  const isExact = whole && template[0] * (count * reach) ** 2 < 2 ** 53;
  const additions = template.slice(1).reduce((a, b) => a + b, 0);
  const share = isExact ? 0 : ((3 * additions + 6) * ROUNDING) / SQUARE_SLACK;
  const limits = { share, limit: energy * SMALLEST_SHARE, isZeroSure: isExact };
  return { strips: new Strips(planes, statistics, template, true), limits };
}

/** A score that isn't known well enough: no quotient is. */
export const DOUBTFUL = -2;

/** Windows of a strip: their first and how many, and addresses of what is known of them, and of memory that is free. */
interface Strip {
  readonly begin: number;
  readonly windows: number;
  readonly variances: number;
  readonly energies: number;
  readonly free: number;
  readonly isDoubtful: boolean;
  readonly buffer: ArrayBuffer;
}

/** Strips of planes: rows of the first axis behind the channels, for some rows of windows. */
export class Strips {
  readonly #planes: Samples;
  readonly #shift: Shift;
  readonly #template: readonly number[];
  readonly #hasMeans: boolean;
  readonly #map: readonly number[];

  /** @param hasMeans whether the windows' means are taken from them */
  constructor(planes: Samples, shift: Shift, template: readonly number[], hasMeans: boolean) {
    this.#planes = planes;
    this.#shift = shift;
    this.#template = template;
    this.#hasMeans = hasMeans;
    this.#map = mapSizes(planes.shape, template);
  }

  /** Squares of norms, marked where they are doubtful. */
  norms(limits: Limits): WindowNorms {
    const squares = new Float64Array(product(this.#map));
    let doubtful = false;
    this.#each(limits, ({ begin, windows, variances, isDoubtful, buffer }) => {
      doubtful ||= isDoubtful;
      squares.set(new Float64Array(buffer, variances, windows), begin);
    });
    return { squares, doubtful };
  }

  /** Products over norms, without a map of norms; DOUBTFUL where those are. Returns whether some are. */
  quotients(products: NumberArray, limits: Limits, out: NumberArray): boolean {
    let doubtful = false;
    const divide = quotientEntry(products, out);
    this.#each(limits, ({ begin, windows, variances, energies, free, isDoubtful, buffer }) => {
      doubtful ||= isDoubtful;
      numbersAt(buffer, energies, windows, dtypeIn(products)).set(products.subarray(begin, begin + windows));
      divide(energies, variances, free, windows);
      out.set(numbersAt(buffer, free, windows, dtypeIn(out)), begin);
    });
    return doubtful;
  }

  /** Sums of squares. */
  squares(): Float64Array {
    const squares = new Float64Array(product(this.#map));
    const none = { share: 0, limit: 0, isZeroSure: true };
    this.#each(none, ({ variances, begin, windows, buffer }) => {
      squares.set(new Float64Array(buffer, variances, windows), begin);
    });
    return squares;
  }

  /**
   * Calls with some rows of windows after the others. A strip of the image is summed down first, from the numbers as they are given, and
   * then along the other axes, few rows at a time, which the caches still have when `done` is called. A signal's numbers lie along its
   * only axis, and are centred before they are summed.
   */
  #each({ share, limit, isZeroSure }: Limits, done: (strip: Strip) => void): void {
    const { data, shape } = this.#planes;
    const [channels, rows, ...rest] = shape;
    const [, length, ...inner] = this.#template;
    const isDouble = data instanceof Float64Array;
    const windowRows = rows - length + 1;
    const row = product(rest);
    const windowRow = product(this.#map.slice(1));
    const most = this.#stripRows(row);
    const group = row === 1 || channels > 1 ? most : Math.min(most, rowsAtOnce(windowRow));
    const n = product(this.#template.slice(1));

    const plan = (count: number) =>
      row === 1 ? new WindowPlan([count + length - 1], [length]) : new WindowPlan(rest, inner);
    const full = plan(most);
    const bytes = (count: number) => DOUBLE_BYTES * (count + 2);
    const bandStep = DOUBLE_BYTES * row + APART;
    const bandBytes = row === 1 ? bytes(most + length - 1) : bandStep * most;
    const rawBytes = bytes((most + length - 1) * row);
    const scratchBytes = Math.max(full.scratchBytes, MOMENT_BYTES * length);
    const map = bytes(group * windowRow);
    const running = heap();
    const at = running.reserve(scratchBytes + rawBytes + 2 * bandBytes + 5 * map, 'the norms of windows');
    const buffer = running.memory.buffer as ArrayBuffer;
    const entries = signalModule(running);
    const raw = at + scratchBytes;
    const numbers = raw + rawBytes;
    const squares = numbers + bandBytes;
    const maps = squares + bandBytes;
    const [sums, own, variances, energies, free] = [0, 1, 2, 3, 4].map((i) => maps + i * map);
    if (!this.#hasMeans) new Float64Array(buffer, sums, group * windowRow).fill(0);
    const centre = isDouble ? entries.centre64 : entries.centre32;
    const moments = isDouble ? entries.windowMomentsDown64 : entries.windowMomentsDown32;
    const rowBytes = row * data.BYTES_PER_ELEMENT;

    for (let begin = 0; begin < windowRows; begin += most) {
      const count = Math.min(most, windowRows - begin);
      const elements = (count + length - 1) * row;
      const across = row === 1 && count < most ? plan(count) : full;
      for (let channel = 0; channel < channels; channel++) {
        const from = (channel * rows + begin) * row;
        numbersAt(buffer, raw, elements, dtypeIn(data)).set(data.subarray(from, from + elements));
        const { centres, scale } = this.#shift;
        if (row === 1) centre(raw, elements, centres[channel], scale, numbers, squares);
        else
          moments(
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
          const items = row === 1 ? 1 : some;
          const skip = first * bandStep;
          across.runItems(entries, squares + skip, own, at, items, bandStep);
          if (this.#hasMeans) across.runItems(entries, numbers + skip, sums, at, items, bandStep);
          const windows = some * windowRow;
          const isLast = channel === channels - 1;
          const found = entries.addVariances(
            sums,
            own,
            variances,
            energies,
            windows,
            n,
            Number(channel === 0),
            Number(isLast),
            share,
            limit,
            Number(isZeroSure),
          );
          if (isLast)
            done({
              begin: (begin + first) * windowRow,
              windows,
              variances,
              energies,
              free,
              isDoubtful: found !== 0,
              buffer,
            });
        }
      }
    }
  }

  /** Rows of windows of a strip: whole segments, as sums down columns begin anew with each of these. */
  #stripRows(row: number): number {
    const [, rows] = this.#planes.shape;
    const length = this.#template[1];
    const windowRows = rows - length + 1;
    if (row === 1) return Math.min(windowRows, Math.max(SIGNAL, length));
    // the image, and sums down it of numbers and squares
    const fit = Math.floor(STRIP_BYTES / DOUBLE_BYTES / (3 * row));
    return Math.min(windowRows, length * Math.max(1, Math.floor(fit / length)));
  }
}

/** Rows of windows that are finished together: whole fours, as windows along rows are summed for four at a time. */
function rowsAtOnce(windowRow: number): number {
  return 4 * Math.max(1, Math.floor(MAP_BYTES / DOUBLE_BYTES / (4 * windowRow)));
}
