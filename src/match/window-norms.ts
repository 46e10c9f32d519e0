// Window norms: the square of the norm of each window, from sums over windows in strips of the image.

import { DOUBLE_BYTES } from '../core/bytes.js';
import { product } from '../core/lists.js';
import { heap } from '../engine/heap.js';
import { signalModule } from '../spectrum/module.js';
import { dtypeIn, type NumberArray, type Samples } from '../sums/samples.js';
import { numbersAt } from '../sums/scratch.js';
import { WindowPlan } from '../sums/window-sums.js';
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

/** Bytes of a strip, with what is computed of it; a strip has one row of windows at least. */
const STRIP_BYTES = 2 ** 23;

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

  /** Calls with one strip after the other. */
  #each({ share, limit, isZeroSure }: Limits, done: (strip: Strip) => void): void {
    const { data, shape } = this.#planes;
    const [channels, rows, ...rest] = shape;
    const [, length, ...inner] = this.#template;
    const row = product(rest);
    const windowRow = product(this.#map.slice(1));
    const isDouble = data instanceof Float64Array;
    const windowRows = rows - length + 1;
    // five maps, three images
    const fit = Math.floor((STRIP_BYTES / DOUBLE_BYTES - 3 * row * (length - 1)) / (5 * windowRow + 3 * row));
    const most = Math.max(1, Math.min(windowRows, Math.max(fit, length)));
    const plan = (count: number) => new WindowPlan([count + length - 1, ...rest], [length, ...inner]);
    const bytes = (count: number) => DOUBLE_BYTES * (count + 2);
    const [image, map] = [bytes((most + length - 1) * row), bytes(most * windowRow)];
    const running = heap();
    const full = plan(most);
    const scratch = full.scratchBytes;
    const at = running.reserve(scratch + 3 * image + 5 * map, 'the norms of windows');
    const buffer = running.memory.buffer as ArrayBuffer;
    const entries = signalModule(running);
    const [raw, numbers, squares] = [0, 1, 2].map((i) => at + scratch + i * image);
    const maps = at + scratch + 3 * image;
    const [sums, own, variances, energies, free] = [0, 1, 2, 3, 4].map((i) => maps + i * map);
    for (let begin = 0; begin < windowRows; begin += most) {
      const count = Math.min(most, windowRows - begin);
      const windows = count * windowRow;
      const elements = (count + length - 1) * row;
      const sum = count === most ? full : plan(count);
      let found = 0;
      for (let channel = 0; channel < channels; channel++) {
        const from = (channel * rows + begin) * row;
        const part = data.subarray(from, from + elements);
        numbersAt(buffer, raw, elements, dtypeIn(data)).set(part);
        const centre = isDouble ? entries.centre64 : entries.centre32;
        centre(raw, elements, this.#shift.centres[channel], this.#shift.scale, numbers, squares);
        sum.run(entries, squares, true, own, at);
        if (this.#hasMeans) sum.run(entries, numbers, true, sums, at);
        else new Float64Array(buffer, sums, windows).fill(0);
        const n = product(this.#template.slice(1));
        found = entries.addVariances(
          sums,
          own,
          variances,
          energies,
          windows,
          n,
          Number(channel === 0),
          Number(channel === channels - 1),
          share,
          limit,
          Number(isZeroSure),
        );
      }
      done({ begin: begin * windowRow, windows, variances, energies, free, isDoubtful: found !== 0, buffer });
    }
  }
}
