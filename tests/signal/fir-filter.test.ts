// FirFilter: a signal in blocks compared with the whole signal, and its state with lfilter's.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { memoryUsage, resident } from 'convnd';
import { FirFilter, lfilter, type NumberArray } from 'convnd/signal';
import { assertNear, assertSame } from '../helpers/compare.js';
import { readJson, readTensors, type Stored } from '../helpers/fixtures.js';
import { integers, normal, uniform } from '../helpers/numbers.js';

interface StreamCase {
  id: string;
  fn: string;
  args: { axis: number; blocks: number[]; zi: boolean };
  x: number[];
  exact: boolean;
  check: { output: { terms: number; abs_sum: number } };
}

const unit = { float32: 2 ** -24, float64: 2 ** -53 };

/** One output by its definition, in float64. */
function outputAt(b: NumberArray, x: NumberArray, n: number): number {
  let sum = 0;
  for (let k = Math.max(0, n - x.length + 1); k <= n && k < b.length; k++) sum += b[k] * x[n - k];
  return sum;
}

/**
 * What an output may be off, as the documentation says: the sums of the coefficients that are summed directly by the bound of direct sums,
 * and of the others by that of transforms of 4,096 points and 32 partitions, the most here.
 */
function boundAt(b: NumberArray, x: NumberArray, n: number, dtype: 'float32' | 'float64'): number {
  const direct = b.length <= 256 ? b.length : 128;
  let [sizes, ofX, ofB] = [0, 0, 0];
  for (let k = 0; k < direct && k <= n; k++) sizes += Math.abs(b[k] * (x[n - k] ?? 0));
  if (direct < b.length) {
    for (const value of b) ofB += value * value;
    for (let m = Math.max(0, n - b.length - 4096); m <= n && m < x.length; m++) ofX += x[m] * x[m];
  }
  return unit[dtype] * (sizes * (direct + 2) + (12 + 8) * Math.sqrt(ofX * ofB));
}

/** Filters a signal of one channel in blocks. */
function inBlocks(filter: FirFilter<'float32' | 'float64'>, x: NumberArray, size: () => number): NumberArray {
  const y = filter.dtype === 'float64' ? new Float64Array(x.length) : new Float32Array(x.length);
  for (let at = 0; at < x.length; ) {
    const end = Math.min(x.length, at + size());
    filter.process(x.subarray(at, end), { out: y.subarray(at, end) });
    at = end;
  }
  return y;
}

const join = (parts: readonly NumberArray[]) => parts.flatMap((part) => [...part]);

describe("FirFilter on SciPy's streams", () => {
  const { cases } = readJson<{ cases: StreamCase[] }>('signal/cases.json');
  const tensors = readTensors('signal/cases.safetensors');

  for (const dtype of ['float32', 'float64'] as const)
    it(`gives lfilter's outputs and every state in ${dtype}`, () => {
      let [streams, states] = [0, 0];
      for (const { id, args, x: shape, exact, check, fn } of cases) {
        if (fn !== 'scipy.signal.lfilter' || (args.axis !== -1 && args.axis !== shape.length - 1)) continue;
        const stored = (name: string): Stored => {
          const found = tensors.get(`${id}/${name}`);
          assert.ok(found, `${id}/${name}`);
          return found;
        };
        const { terms, abs_sum } = check.output;
        const judge = (got: ArrayLike<number>, want: ArrayLike<number>, label: string): void => {
          if (exact) assertSame(got, want, `${id}, ${label}`);
          else assertNear(got, want, abs_sum * (unit[dtype] * (terms + 2) + unit.float32), `${id}, ${label}`);
        };
        const channels = shape.length === 2 ? shape[0] : 1;
        const length = shape[shape.length - 1];
        const filter = new FirFilter(stored('b'), { channels, dtype });
        streams++;
        if (args.zi) filter.reset(stored('zi'));
        const lines = Array.from({ length: channels }, (_, c) =>
          stored('x').data.subarray(c * length, (c + 1) * length),
        );
        const parts: NumberArray[][] = lines.map(() => []);
        let at = 0;
        for (const [i, count] of args.blocks.entries()) {
          const block = filter.process(lines.map((line) => line.subarray(at, at + count)));
          block.forEach((part, c) => {
            parts[c].push(part);
          });
          at += count;
          if (!args.zi) continue;
          const state = filter.state;
          const want = stored(`z${i + 1}`);
          assert.deepEqual(state.shape, want.shape, id);
          judge(state.data, want.data, `z${i + 1}`);
          states++;
        }
        judge(join(parts.map((part) => Float64Array.from(join(part)))), stored('output').data, 'output');
        filter.dispose();
      }
      assert.deepEqual([streams, states], [20, 62]);
    });
});

describe('a stream', () => {
  /** Filters whose plans have no, one, two and three levels. */
  const lengths = [1, 64, 256, 257, 1000, 5000, 20_000];

  for (const dtype of ['float32', 'float64'] as const)
    it(`of integers is exact up to 256 coefficients, and within the bound beyond, in ${dtype}`, () => {
      for (const taps of lengths) {
        const [b, x] = [integers(taps, 1), integers(3 * 2048 + taps, 2)];
        const filter = new FirFilter(b, { dtype });
        const y = filter.process(x);
        for (let n = 0; n < x.length; n += taps > 1000 ? 61 : 1) {
          const want = outputAt(b, x, n);
          if (taps <= 256) assert.equal(y[n], want, `${taps} coefficients, output ${n}`);
          else assert.ok(Math.abs(y[n] - want) <= boundAt(b, x, n, dtype), `${taps}, ${n}: ${y[n]}, ${want}`);
        }
        filter.dispose();
      }
    });

  it('has the same bits in blocks of 1, 7, 128, 4096 and any other', () => {
    const next = uniform(7);
    const sizes: Record<string, () => number> = {
      1: () => 1,
      7: () => 7,
      128: () => 128,
      4096: () => 4096,
      any: () => Math.floor(2 ** (12 * next())),
    };
    for (const taps of lengths) {
      const [b, x] = [normal(taps, 3), normal(12_000 + taps, 4)];
      const filter = new FirFilter(b);
      const whole = filter.process(x);
      for (const [name, size] of Object.entries(sizes)) {
        filter.reset();
        assertSame(inBlocks(filter, x, size), whole, `${taps} coefficients, blocks of ${name}`);
      }
      filter.dispose();
    }
  });

  it('of two channels begins again, also in memory that has grown', () => {
    const x = [1, 2].map((seed) => Float64Array.from(integers(3000, seed)));
    const filter = new FirFilter([1, 1, 1], { channels: 2, dtype: 'float64' });
    const wanted = x.map((line) => line.map((value, i) => value + (line[i - 1] ?? 0) + (line[i - 2] ?? 0)));
    assert.deepEqual(filter.process(x), wanted);
    using _ = resident({ shape: [memoryUsage().total / 4] });
    filter.reset();
    assert.deepEqual(filter.process(x), wanted);
  });

  it('through a reverb of 48,000 coefficients is the whole convolution', () => {
    for (const dtype of ['float32', 'float64'] as const) {
      const b = normal(48_000, 5).map((value, k) => value * Math.exp(-k / 8000));
      const x = normal(120_000, 6);
      const filter = new FirFilter(b, { dtype });
      assert.equal(filter.explain(), '128 direct, 7 x 128, 6 x 512, 22 x 2048');
      const y = inBlocks(filter, x, () => 128);
      let worst = 0;
      for (let n = 0; n < x.length; n += 331) {
        const share = Math.abs(y[n] - outputAt(b, x, n)) / boundAt(b, x, n, dtype);
        worst = Math.max(worst, share);
      }
      assert.ok(worst <= 1, `${worst} of the bound`);
      filter.dispose();
    }
  });

  it('stays within the bound where all products have one sign, and far from zero', () => {
    for (const [kind, value] of Object.entries({
      ones: () => 1,
      ramps: (n: number) => 100 + (n % 1000) / 100,
      square: (n: number) => ((n >> 9) & 1 ? 1 : -1),
    }))
      for (const taps of [1000, 16_000, 48_000]) {
        const b = Float32Array.from({ length: taps }, (_, k) => value(k));
        const x = Float32Array.from({ length: taps + 20_000 }, (_, n) => value(n));
        const filter = new FirFilter(b);
        const y = filter.process(x);
        for (let n = x.length - 1; n >= 0; n -= 2999)
          assert.ok(
            Math.abs(y[n] - outputAt(b, x, n)) <= boundAt(b, x, n, 'float32'),
            `${kind}, ${taps}: ${n}`,
          );
        filter.dispose();
      }
  });

  it('that fell silent is silent once the last coefficient has passed', () => {
    const filter = new FirFilter(normal(5000, 8));
    filter.process(normal(9000, 9));
    const tail = filter.process(new Float32Array(5000 + 4096));
    assert.ok(tail.subarray(0, 4998).some((value) => Math.abs(value) > 1));
    assertSame(tail.subarray(4999 + 2048), new Float32Array(2049), 'silence');
    filter.dispose();
  });

  it('keeps quiet passages clear of loud ones that are over', () => {
    const b = normal(5000, 8);
    const x = normal(30_000, 9).map((value, n) => (n < 10_000 ? 1e6 * value : value));
    const y = inBlocks(new FirFilter(b), x, () => 128);
    for (let n = 10_000 + 5000 + 4096; n < x.length; n += 37)
      assert.ok(Math.abs(y[n] - outputAt(b, x, n)) <= boundAt(b, x, n, 'float32'), `${n}`);
  });

  it('spoils with NaN and Infinity what the definition spoils', () => {
    const b = normal(3000, 10);
    const clean = normal(9000, 11);
    for (const kind of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const x = clean.slice();
      x[2500] = kind;
      const filter = new FirFilter(b);
      const y = inBlocks(filter, x, () => 100);
      const other = new FirFilter(b).process(clean);
      for (let n = 0; n < x.length; n++) {
        const want = n >= 2500 && n < 5500 ? kind * b[n - 2500] : other[n];
        if (!Number.isFinite(want)) assert.ok(Object.is(y[n], want), `${n}: ${y[n]}, expected ${want}`);
        else
          assert.ok(
            Math.abs(y[n] - want) <= 2 * boundAt(b, clean, n, 'float32'),
            `${n}: ${y[n]}, expected ${want}`,
          );
      }
      assert.equal(filter.state.data.filter((value) => Number.isFinite(value)).length, 2999);
    }
  });
});

describe("a filter's state", () => {
  for (const taps of [1, 2, 200, 3000]) {
    it(`is what lfilter has after ${taps} coefficients, and begins another stream`, () => {
      const [b, x] = [integers(taps, 1), integers(4000, 2)];
      const filter = new FirFilter(b);
      for (const [from, to] of [
        [0, 5],
        [5, 700],
        [700, 2222],
        [2222, 4000],
      ]) {
        filter.process(x.subarray(from, to));
        const { zf } = lfilter(b, x.subarray(0, to), { zi: new Float32Array(taps - 1) });
        assert.deepEqual(filter.state.shape, [taps - 1]);
        assertNear(filter.state.data, zf.data, 1e-2, `after ${to}`);
      }
      const other = new FirFilter(b);
      other.process(integers(999, 8));
      other.reset(filter.state);
      assertSame(other.state.data, filter.state.data, 'the state itself');
      const rest = integers(5000, 4);
      const want = filter.process(rest);
      const got = inBlocks(other, rest, () => 333);
      assertNear(got, want, 1e-2, 'the rest');
      assertNear(other.state.data, filter.state.data, 1e-2, 'the state after it');
    });
  }

  it('is empty in silence, and after a reset', () => {
    const filter = new FirFilter(normal(700, 1));
    assertSame(filter.state.data, new Float32Array(699), 'at first');
    const [x, fresh] = [normal(2000, 2), new FirFilter(normal(700, 1))];
    filter.process(normal(1500, 3));
    filter.reset();
    assertSame(filter.state.data, new Float32Array(699), 'after');
    assertSame(filter.process(x), fresh.process(x), 'as a new one');
  });

  it('goes on in a clone by itself', () => {
    const filter = new FirFilter([normal(3000, 1), normal(3000, 2)].map((row) => [...row]));
    filter.reset(normal(2999, 3));
    const block = (seed: number) => ({ data: normal(2 * 1100, seed), shape: [2, 1100] });
    filter.process(block(4));
    const clone = filter.clone();
    const before = clone.state;
    const [one, two] = [filter.process(block(5)), clone.process(block(5))];
    assertSame(one.data, two.data, 'together');
    filter.process(block(6));
    assertSame(
      clone.state.data,
      filter.clone().state.data.length === 2 * 2999 ? clone.state.data : [],
      'apart',
    );
    clone.reset(before);
    assertNear(clone.process(block(5)).data, one.data, 1e-3, 'again');
    filter.dispose();
    assertSame(clone.process(block(9)).shape, [2, 1100], 'after the first is gone');
  });
});

describe('a delay', () => {
  it('is zeros before the coefficients', () => {
    const b = normal(900, 1);
    const x = normal(4000, 2);
    for (const delay of [0, 1, 100, 128, 129, 1500]) {
      const filter = new FirFilter(b, { delay });
      const longer = new FirFilter([...new Float32Array(delay), ...b]);
      const y = filter.process(x);
      assertNear(y, longer.process(x), 1e-4, `${delay}`);
      assertNear(y.subarray(0, delay), new Float32Array(delay), 1e-4, 'silence');
      assert.deepEqual(filter.state.shape, [899 + delay]);
      assertNear(filter.state.data, longer.state.data, 1e-4, `state, ${delay}`);
      assert.equal(filter.delay, delay);
    }
  });

  it("has no products that the definition has not: a NaN comes with the first coefficient's", () => {
    const x = new Float32Array(3000).fill(1);
    x[0] = Number.NaN;
    const y = new FirFilter([1, 2], { delay: 1000 }).process(x);
    assert.deepEqual(
      [...y.keys()].filter((n) => Number.isNaN(y[n])),
      [1000, 1001],
    );
  });
});
