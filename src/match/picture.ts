// Picture: an image while templates are looked for in it. What several templates need of it is computed once.

import type { Signal } from '../sums/request.js';
import { type NumberArray, numbersOf, type Samples } from '../sums/samples.js';
import { quotients, type WindowNorms } from './finish.js';
import type { Precision } from './options.js';
import { roomFor } from './rooms.js';
import { centred, type Shift, type Statistics, statisticsOf } from './statistics.js';
import { Strips } from './strips.js';
import { type NormKind, normsIn, quotientsIn, squaresIn, stripsOf } from './window-norms.js';

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
  centred(precision: Precision): Signal {
    return this.#once(`centred ${precision}`, () => this.#shifted('centred', this.statistics, precision));
  }

  /** x · scale. */
  scaled(precision: Precision): Signal {
    return this.#once(`scaled ${precision}`, () => this.#shifted('scaled', this.statistics.plain, precision));
  }

  /** Squares of the norms of all windows, over all channels. */
  norms(kind: NormKind, template: readonly number[]): WindowNorms {
    return this.#once(`${kind} ${template.join()}`, () => {
      const { strips, limits } = stripsOf(kind, this.planes, this.statistics, template);
      return normsIn(strips, limits);
    });
  }

  /** Products over norms, cut to -1 … 1; DOUBTFUL where they aren't known well enough. Returns whether some are not. */
  quotients(kind: NormKind, products: NumberArray, template: readonly number[], out: NumberArray): boolean {
    const { strips, limits } = stripsOf(kind, this.planes, this.statistics, template);
    if (!this.isShared) return quotientsIn(strips, products, limits, out);
    const norms = this.norms(kind, template);
    quotients(products, norms, out);
    return norms.doubtful;
  }

  /** Sums of ((x − centre) · scale)² of all windows, over all channels. */
  centredSquares(template: readonly number[]): Float64Array {
    return this.#once(`squares ${template.join()}`, () =>
      squaresIn(new Strips(this.planes, this.statistics, template, false)),
    );
  }

  /** Numbers of one channel are made when they are read: products may make theirs themselves. */
  #shifted(use: string, shift: Shift, precision: Precision): Signal {
    const { data, shape } = this.planes;
    const make = () => {
      const room = this.#isOnly ? roomFor(use, precision, data.length) : numbersOf(data.length, precision);
      return centred(this.planes, shift, room);
    };
    if (shape[0] > 1) return { data: make(), shape };
    const once = () => this.#once(`${use} ${precision} numbers`, make);
    const source = { numbers: data, centre: shift.centres[0], scale: shift.scale };
    return {
      get data() {
        return once();
      },
      shape,
      source,
    };
  }

  #once<T>(key: string, make: () => T): T {
    if (!this.#made.has(key)) this.#made.set(key, make());
    return this.#made.get(key) as T;
  }
}
