// The partitions of a stream, with a transform by its definition in the place of the fast one: a base of 8 samples makes the levels that
// a filter of hundreds of thousands of coefficients has.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Engine } from '#src/engine/engine.js';
import { engine } from '#src/engine/start.js';
import type { StreamTransform, StreamTransforms } from '#src/signal/fir-filter/memory.js';
import { planText, productShare, type StreamPlan, streamPlan } from '#src/signal/fir-filter/plan.js';
import { FirStream } from '#src/signal/fir-filter/stream.js';
import type { Precision } from '#src/spectrum/sizes.js';
import { assertSame } from '../helpers/compare.js';
import { NOT_FINITE, normal, uniform } from '../helpers/numbers.js';

type Numbers = Float32Array | Float64Array;

/** Values at the odd powers of the 2N-th root of one, in the order and the layout of the fast transform's spectra. */
class NaiveTransform implements StreamTransform {
  readonly scale = 1;
  /** cosines of the multiples of half a step */
  readonly #cos: Float64Array;

  constructor(
    readonly owner: Engine,
    readonly size: number,
    readonly precision: Precision,
  ) {
    this.#cos = Float64Array.from({ length: 2 * size }, (_, i) => Math.cos((Math.PI * i) / size));
  }

  #numbers(): Numbers {
    const { buffer } = this.owner.f32;
    return this.precision === 'float64' ? new Float64Array(buffer) : new Float32Array(buffer);
  }

  #places(): number[][] {
    const [lanes, bytes] = this.precision === 'float64' ? [2, 8] : [4, 4];
    return Array.from({ length: this.size / 2 }, (_, q) => {
      const re = 2 * lanes * Math.floor(q / lanes) + (q % lanes);
      return [re, re + lanes, bytes];
    });
  }

  #turn(n: number, q: number): [number, number] {
    const steps = n * (2 * q + 1);
    const [all, quarter] = [2 * this.size, this.size / 2];
    return [this.#cos[steps % all], this.#cos[(steps + 3 * quarter) % all]];
  }

  forward(signal: number, spectrum: number): void {
    const numbers = this.#numbers();
    for (const [q, [re, im, bytes]] of this.#places().entries()) {
      let [sumRe, sumIm] = [0, 0];
      for (let n = 0; n < this.size; n++) {
        const [cos, sin] = this.#turn(n, q);
        sumRe += numbers[signal / bytes + n] * cos;
        sumIm -= numbers[signal / bytes + n] * sin;
      }
      numbers[spectrum / bytes + re] = sumRe;
      numbers[spectrum / bytes + im] = sumIm;
    }
  }

  inverse(spectrum: number, signal: number): void {
    const numbers = this.#numbers();
    const places = this.#places();
    for (let n = 0; n < this.size; n++) {
      let sum = 0;
      for (const [q, [re, im, bytes]] of places.entries()) {
        const [cos, sin] = this.#turn(n, q);
        sum += numbers[spectrum / bytes + re] * cos - numbers[spectrum / bytes + im] * sin;
      }
      numbers[signal / places[0][2] + n] = (2 * sum) / this.size;
    }
    // lost, as the fast one loses it
    for (const [re, im, bytes] of places)
      numbers[spectrum / bytes + re] = numbers[spectrum / bytes + im] = Number.NaN;
  }
}

const naive: StreamTransforms = {
  bytes: () => 0,
  make: (owner, sizes, precision) => sizes.map((size) => new NaiveTransform(owner, size, precision)),
};

/** Levels of 8, 32 and 128 samples. */
const three: StreamPlan = {
  base: 8,
  taps: 700,
  direct: 8,
  levels: [
    { size: 8, from: 8, count: 7, ticks: 1, forwardAt: 0, inverseAt: 0 },
    { size: 32, from: 64, count: 6, ticks: 4, forwardAt: 1, inverseAt: 3 },
    { size: 128, from: 256, count: 4, ticks: 16, forwardAt: 0, inverseAt: 12 },
  ],
};

const make = (b: Numbers, precision: Precision = 'float64', plan = three) =>
  new FirStream(engine(), plan, [b], 1, precision, naive);

const release = (stream: FirStream) => stream.engine.release(stream.memory.start);

/** Filters a signal in blocks whose sizes come from a function. */
function inBlocks(stream: FirStream, x: Numbers, size: () => number): Numbers {
  const y = stream.precision === 'float64' ? new Float64Array(x.length) : new Float32Array(x.length);
  for (let at = 0; at < x.length; ) {
    const count = Math.min(x.length - at, size());
    stream.process({ arrays: [x], offsets: [at] }, { arrays: [y], offsets: [at] }, count);
    at += count;
  }
  return y;
}

/** Each output by its definition, and the sum of its products' sizes. */
function reference(b: Numbers, x: Numbers): { y: Float64Array; size: Float64Array } {
  const [y, size] = [new Float64Array(x.length), new Float64Array(x.length)];
  for (let n = 0; n < x.length; n++)
    for (let k = 0; k <= n && k < b.length; k++) {
      y[n] += b[k] * x[n - k];
      size[n] += Math.abs(b[k] * x[n - k]);
    }
  return { y, size };
}

const whole = (x: Numbers) => () => x.length;

describe('the plan of a stream', () => {
  it('has every tap once, in partitions that begin in time', () => {
    for (const base of [8, 128])
      for (let taps = 1; taps < 2_000_000; taps = Math.ceil(taps * 1.3)) {
        const { direct, levels } = streamPlan(taps, base);
        let next = direct;
        for (const { size, from, count, ticks } of levels) {
          assert.equal(from, next, `${taps}`);
          assert.equal(size, base * ticks);
          assert.ok(from >= (ticks === 1 ? size : 2 * size) && from % size === 0, `${taps}`);
          next = from + count * size;
        }
        const last = levels.at(-1)?.size ?? 1;
        assert.ok(next >= taps && next - last < taps, `${taps}: ${next}`);
      }
  });

  it('transforms on other ticks in every level but the first, and multiplies in between', () => {
    const { levels } = streamPlan(100_000_000);
    assert.equal(levels.length, 5);
    const busy = new Set<number>();
    const period = levels[4].ticks;
    for (const level of levels.slice(1)) {
      for (let tick = 0; tick < period; tick++) {
        const own = tick % level.ticks;
        if (own === level.forwardAt || own === level.inverseAt) {
          assert.ok(!busy.has(tick), `level of ${level.size}, tick ${tick}`);
          busy.add(tick);
        }
      }
      const shares = Array.from({ length: level.ticks }, (_, tick) => productShare(level, tick));
      assert.ok(
        shares.every(([from, to], tick) => from === to || (tick > level.forwardAt && tick < level.inverseAt)),
      );
      const parts = shares.filter(([from, to]) => to > from);
      assert.deepEqual(
        parts.map(([from]) => from),
        [0, ...parts.map(([, to]) => to).slice(0, -1)],
      );
      assert.equal(parts.at(-1)?.[1], 1);
    }
    assert.deepEqual(productShare(levels[0], 0), [0, 1]);
  });

  it('is read in a line', () => {
    assert.equal(planText(streamPlan(256)), '256 direct');
    assert.equal(planText(streamPlan(48_000)), '128 direct, 7 x 128, 6 x 512, 22 x 2048');
  });
});

describe('a stream through partitions', () => {
  const x = Float64Array.from(normal(1500, 1));
  const b = Float64Array.from(normal(700, 2));
  const { y, size } = reference(b, x);

  for (const precision of ['float64', 'float32'] as const) {
    it(`is the definition in ${precision}, the same bits in blocks of any size`, () => {
      const unit = precision === 'float64' ? 2 ** -53 : 2 ** -24;
      const taps = precision === 'float64' ? b : Float32Array.from(b);
      const stream = make(taps, precision);
      const first = inBlocks(stream, x, whole(x));
      const xNorm = Math.hypot(...x);
      const bound = (n: number) => unit * (2 * 10 * xNorm * Math.hypot(...b) + 20 * size[n]);
      for (let n = 0; n < y.length; n++)
        assert.ok(Math.abs(first[n] - y[n]) <= bound(n), `${n}: ${first[n]}, expected ${y[n]}`);
      const next = uniform(3);
      for (const sizes of [() => 1, () => 7, () => 8, () => 100, () => Math.floor(next() * 300)]) {
        stream.clear();
        assertSame(inBlocks(stream, x, sizes), first, `blocks ${sizes}`);
      }
      release(stream);
    });
  }

  it('goes on in a copy, and both ways apart', () => {
    const stream = make(b);
    inBlocks(stream, x.subarray(0, 611), () => 50);
    const copy = make(b);
    copy.copy(stream);
    const rest = inBlocks(copy, x.subarray(611), () => 13);
    assertSame(
      inBlocks(stream, x.subarray(611), () => 400),
      rest,
      'both',
    );
    for (let n = 611; n < 1500; n++) assert.ok(Math.abs(rest[n - 611] - y[n]) < 1e-10, `${n}`);
    release(stream);
    release(copy);
  });

  it('spoils with NaN and Infinity what the definition spoils', () => {
    const stream = make(b);
    const next = uniform(5);
    for (const kind of NOT_FINITE)
      for (const at of [0, 8, 127, 500, 1499]) {
        const spoiled = x.slice();
        spoiled[at] = kind;
        const want = reference(b, spoiled).y;
        stream.clear();
        const got = inBlocks(stream, spoiled, () => 1 + Math.floor(next() * 200));
        for (let n = 0; n < want.length; n++) {
          const alike = Number.isFinite(want[n])
            ? Math.abs(got[n] - want[n]) < 1e-10
            : Object.is(got[n], want[n]);
          assert.ok(alike, `${kind} at ${at}: output ${n} is ${got[n]}, expected ${want[n]}`);
        }
      }
    release(stream);
  });

  it('sums by the definition where a spectrum or a product is too large', () => {
    // beyond the largest float32 in spectra of the signal, of the coefficients, and in products of both alone; two taps, in two levels
    for (const [large, tap] of [
      [1.5e38, 1e-3],
      [1e-3, 1.5e38],
      [1e19, 1e19],
    ]) {
      const loud = Float32Array.from(x, (v) => Math.sign(v) * (Math.abs(v) > 1 ? large : large / 2));
      const taps = new Float32Array(700);
      taps[39] = tap;
      taps[140] = -tap;
      if (tap > 1e30) taps.fill(tap, 256, 258).fill(-tap, 258, 512);
      const { y: want } = reference(taps, loud);
      const stream = make(taps, 'float32');
      const got = inBlocks(stream, loud, () => 77);
      for (let n = 0; n < want.length; n++)
        assert.ok(
          Math.abs(got[n] - want[n]) <= 1e-4 * large * tap,
          `${large}, ${n}: ${got[n]}, expected ${want[n]}`,
        );
      release(stream);
    }
  });
});
