// An image during matching. Whatever several templates need from it is computed once.

import { product } from '../../core/lists.js';
import { isFloat32 } from '../../core/typed-array.js';
import type { Signal, Source } from '../../sums/request.js';
import { dtypeIn, type NumberArray, numbersOf, type Samples } from '../../sums/samples.js';
import { centring } from '../centre.js';
import { quotients, type WindowNorms } from '../finish.js';
import type { Precision } from '../options.js';
import { reusedArray } from '../reused-arrays.js';
import { centred, planeAt, type Shift, type Statistics, statisticsOf } from '../statistics.js';
import { squaresOf } from './products.js';
import { Strips } from './strips.js';
import { type NormKind, normsIn, quotientsIn, squaresIn, stripsOf } from './window-norms.js';

/** An image's planes, its statistics, and what sums need. */
export class Picture {
  readonly #isOnly: boolean;
  readonly #made = new Map<string, unknown>();

  /**
   * @param planes the image, with its border if there is one
   * @param isShared whether several templates are matched
   * @param isOnly whether the call has no other picture
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

  /** The float64 plane of one channel of `centred`, or its squares. It is computed at first read: a block of sums may compute its own. */
  plane(channel: number, squared: boolean): Signal {
    const { data, shape } = this.planes;
    const { centres, scale } = this.statistics;
    const size = product(shape.slice(1));
    const own = (numbers: NumberArray) => planeAt(numbers, channel, size);
    const make = () => {
      const numbers = own(this.centred('float64').data);
      return squared ? squaresOf(numbers) : numbers;
    };
    const centre = centring(dtypeIn(data), 'float64', centres[channel], scale, squared);
    return lazySignal(make, [1, ...shape.slice(1)], { numbers: own(data), make: centre });
  }

  /** x · scale. */
  scaled(precision: Precision): Signal {
    return this.#once(`scaled ${precision}`, () => this.#shifted('scaled', this.statistics.plain, precision));
  }

  /** The squared norms of all windows, over all channels. */
  norms(kind: NormKind, template: readonly number[]): WindowNorms {
    return this.#once(`${kind} ${template.join()}`, () => normsIn(...this.#strips(kind, template)));
  }

  /** Products over norms, clamped to -1 … 1; DOUBTFUL where these are not accurate enough. Returns whether some are. */
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

  /** Σ((x − centre) · scale)² of all windows, over all channels. */
  centredSquares(template: readonly number[]): Float64Array {
    return this.#once(`squares ${template.join()}`, () =>
      squaresIn(new Strips(this.planes, this.statistics, template, false)),
    );
  }

  /** The shifted image. A single channel is computed at first read: a block of sums may compute its own numbers. */
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
    return lazySignal(make, [...shape], { numbers: data, make: centre });
  }

  #once<T>(key: string, make: () => T): T {
    if (!this.#made.has(key)) this.#made.set(key, make());
    return this.#made.get(key) as T;
  }
}

/** A signal whose numbers are computed at first read. */
function lazySignal(make: () => NumberArray, shape: number[], source: Source): Signal {
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
