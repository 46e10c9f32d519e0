// Picture: an image while templates are looked for in it. What several templates need of it is computed once.

import { product } from '../core/lists.js';
import { isFloat32 } from '../core/typed-array.js';
import type { Signal, Source } from '../sums/request.js';
import { dtypeIn, type NumberArray, numbersOf, type Samples } from '../sums/samples.js';
import { centring } from './centre.js';
import { quotients, type WindowNorms } from './finish.js';
import type { Precision } from './options.js';
import { squaresOf } from './products.js';
import { reusedArray } from './reused-arrays.js';
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

  /** The plane of one channel of `centred` in float64, or its squares, made when they are read: products may make theirs themselves. */
  plane(channel: number, squared: boolean): Signal {
    const { data, shape } = this.planes;
    const { centres, scale } = this.statistics;
    const size = product(shape.slice(1));
    const own = (numbers: NumberArray) => numbers.subarray(channel * size, (channel + 1) * size);
    const make = () => {
      const numbers = own(this.centred('float64').data);
      return squared ? squaresOf(numbers) : numbers;
    };
    const centre = centring(dtypeIn(data), 'float64', centres[channel], scale, squared);
    return madeLater(make, [1, ...shape.slice(1)], { numbers: own(data), make: centre });
  }

  /** x · scale. */
  scaled(precision: Precision): Signal {
    return this.#once(`scaled ${precision}`, () => this.#shifted('scaled', this.statistics.plain, precision));
  }

  /** Squares of the norms of all windows, over all channels. */
  norms(kind: NormKind, template: readonly number[]): WindowNorms {
    return this.#once(`${kind} ${template.join()}`, () => normsIn(...this.#strips(kind, template)));
  }

  /** Products over norms, cut to -1 … 1; DOUBTFUL where they aren't known well enough. Returns whether some are not. */
  quotients(kind: NormKind, products: NumberArray, template: readonly number[], out: NumberArray): boolean {
    if (!this.isShared && this.planes.shape[0] === 1 && isFloat32(out))
      return quotientsIn(...this.#strips(kind, template), products, out);
    const norms = this.norms(kind, template);
    quotients(products, norms, out);
    return norms.doubtful;
  }

  #strips(kind: NormKind, template: readonly number[]) {
    return stripsOf(kind, this.planes, this.statistics, template);
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
      const room = this.#isOnly
        ? reusedArray(use, precision, data.length)
        : numbersOf(data.length, precision);
      return centred(this.planes, shift, room);
    };
    if (shape[0] > 1) return { data: make(), shape };
    const centre = centring(dtypeIn(data), precision, shift.centres[0], shift.scale);
    return madeLater(make, [...shape], { numbers: data, make: centre });
  }

  #once<T>(key: string, make: () => T): T {
    if (!this.#made.has(key)) this.#made.set(key, make());
    return this.#made.get(key) as T;
  }
}

/** A signal whose numbers are made once they are read. */
function madeLater(make: () => NumberArray, shape: number[], source: Source): Signal {
  let made: NumberArray | undefined;
  return {
    get data() {
      made ??= make();
      return made;
    },
    shape,
    source,
  };
}
