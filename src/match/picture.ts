// Picture: an image while templates are looked for in it. What several templates need of it is computed once.

import type { NumberArray, Samples } from '../sums/samples.js';
import { quotients, type WindowNorms } from './finish.js';
import { roomFor } from './rooms.js';
import { centred, type Shift, type Statistics, statisticsOf } from './statistics.js';
import { DOUBTFUL, type NormKind, Strips, stripsOf } from './window-norms.js';

/** In what numbers products are made. */
type Precision = 'float64' | 'float32';

/** Planes of an image, as they are and as sums need them. */
export class Picture {
  readonly #isOnly: boolean;
  readonly #made = new Map<string, unknown>();

  /**
   * @param planes with a border around them, if there is one
   * @param isShared several templates are looked for
   * @param isOnly the call has no other picture
   */
  constructor(
    readonly planes: Samples,
    readonly isShared: boolean,
    isOnly: boolean,
  ) {
    this.#isOnly = isOnly;
  }

  get statistics(): Statistics {
    return this.#once('statistics', () => statisticsOf(this.planes));
  }

  /** (x − centre) · scale. */
  centred(precision: Precision): Samples {
    return this.#once(`centred ${precision}`, () => this.#shifted('centred', this.statistics, precision));
  }

  /** x · scale. */
  scaled(precision: Precision): Samples {
    return this.#once(`scaled ${precision}`, () => this.#shifted('scaled', this.statistics.plain, precision));
  }

  /** Squares of the norms of all windows, over all channels. */
  norms(kind: NormKind, template: readonly number[]): WindowNorms {
    return this.#once(`${kind} ${template.join()}`, () => {
      const { strips, limits } = stripsOf(kind, this.planes, this.statistics, template);
      return strips.norms(limits);
    });
  }

  /** Products over norms, cut to -1 … 1; DOUBTFUL where they aren't known well enough. Returns whether some are not. */
  quotients(kind: NormKind, products: NumberArray, template: readonly number[], out: NumberArray): boolean {
    const { strips, limits } = stripsOf(kind, this.planes, this.statistics, template);
    if (!this.isShared) return strips.quotients(products, limits, out);
    const norms = this.norms(kind, template);
    quotients(products, norms, out);
    if (norms.doubtful) for (let i = 0; i < out.length; i++) if (norms.squares[i] < 0) out[i] = DOUBTFUL;
    return norms.doubtful;
  }

  /** Sums of ((x − centre) · scale)² of all windows, over all channels. */
  centredSquares(template: readonly number[]): Float64Array {
    return this.#once(`squares ${template.join()}`, () =>
      new Strips(this.planes, this.statistics, template, false).squares(),
    );
  }

  #shifted(use: string, shift: Shift, precision: Precision): Samples {
    const { data, shape } = this.planes;
    const fresh = () =>
      precision === 'float64' ? new Float64Array(data.length) : new Float32Array(data.length);
    const room = this.#isOnly ? roomFor(use, precision, data.length) : fresh();
    return { data: centred(this.planes, shift, room), shape };
  }

  #once<T>(key: string, make: () => T): T {
    if (!this.#made.has(key)) this.#made.set(key, make());
    return this.#made.get(key) as T;
  }
}
