// FirFilter: a stream in blocks against the whole, its state against lfilter's, and what callers may hand over.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { memoryUsage, resident } from 'convnd';
import { FirFilter, lfilter, type NumberArray } from 'convnd/signal';
import { assertNear, assertSame } from './compare.js';
import { readJson, readTensors, type Stored } from './fixtures.js';
import { settle, settleUntil } from './garbage.js';
import { integers, normal, reals, uniform } from './numbers.js';
import { refused } from './refusal.js';

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

describe('channels', () => {
  const [left, right] = [normal(1000, 1), normal(1000, 2)];
  const b = [integers(300, 3), integers(300, 4)];
  const rows = { data: Float32Array.from([...b[0], ...b[1]]), shape: [2, 300] };

  it('have the same coefficients, or their own', () => {
    const same = new FirFilter(b[0], { channels: 2 }).process([left, right]);
    const own = new FirFilter(rows).process([left, right]);
    assertSame(same[0], new FirFilter(b[0]).process(left), 'same, left');
    assertSame(same[1], new FirFilter(b[0]).process(right), 'same, right');
    assertSame(own[0], same[0], 'own, left');
    assertSame(own[1], new FirFilter(b[1]).process(right), 'own, right');
  });

  it('come as lists, tensors and nested arrays, and go out in the same form', () => {
    const list = new FirFilter(rows).process([left, right]);
    const flat = { data: Float32Array.from([...left, ...right]), shape: [2, 1000] };
    const want = [...list[0], ...list[1]];
    const y = new FirFilter(rows).process(flat);
    assert.deepEqual(y.shape, [2, 1000]);
    assertSame(y.data, want, 'tensor');
    assertSame(new FirFilter(rows).process([[...left], [...right]]).data, want, 'nested');
    assertSame(new FirFilter(rows).process(resident(flat)).data, want, 'resident');
    assert.deepEqual(new FirFilter([1]).process([1, 2]).shape, [2]);
    assert.deepEqual(new FirFilter([1]).process([[1, 2]]).shape, [1, 2]);
    assert.deepEqual(new FirFilter([1]).process([new Int16Array([1, 2])]), [new Float32Array([1, 2])]);
    const wide = BigInt64Array.of(1n, -2n);
    const want12 = new Float32Array([1, -2]);
    assert.deepEqual(new FirFilter([1]).process(wide), want12);
    assert.deepEqual(new FirFilter([1], { channels: 2 }).process([wide, want12]), [want12, want12]);
    assert.deepEqual(new FirFilter([1]).process({ data: wide, shape: [2] }).data, want12);
    assert.deepEqual(
      new FirFilter([1], { dtype: 'float64' }).process(new Float32Array(2)),
      new Float64Array(2),
    );
    assert.deepEqual(new FirFilter([1]).process(new Float32Array(0)), new Float32Array(0));
  });

  it('are written where they are told to, themselves included', () => {
    const want = new FirFilter(rows).process([left, right]);
    const out = [new Float64Array(1000), new Float32Array(1000)];
    assert.equal(new FirFilter(rows).process([left, right], { out }), out);
    assertSame(out[0], want[0], 'left');
    assertSame(out[1], want[1], 'right');
    const place = { data: Float32Array.from([...left, ...right]), shape: [2, 1000] };
    assert.equal(new FirFilter(rows).process(place, { out: place }), place);
    assertSame(place.data, [...want[0], ...want[1]], 'in place');
    const held = resident({ shape: [2, 1000] });
    assert.equal(new FirFilter(rows).process([left, right], { out: held }), held);
    assertSame(held.data, [...want[0], ...want[1]], 'resident');
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

describe('FirFilter refuses', () => {
  const one = new FirFilter([1, 2]);
  const two = new FirFilter([1, 2], { channels: 2 });
  const x = new Float32Array(4);

  it('coefficients and options that make no filter', () => {
    const make = (b: unknown, options?: object) => () => new FirFilter(b as number[], options);
    refused(make([]), /b must have shape \[taps\] or \[channels, taps\], none 0, but got \[0\]/, 'empty');
    refused(make({ data: x, shape: [1, 2, 2] }), /b must have shape \[taps\]/, 'rank 3');
    refused(make([1, Number.NaN]), /b must be finite, but coefficient 1 is NaN/, 'NaN');
    refused(make([[1], [2]], { channels: 3 }), /b has 2 rows, but channels is 3/, 'rows');
    refused(make([1], { channels: 0 }), /channels must be 1 or more, but got 0/, 'channels');
    refused(make([1], { channels: 1.5 }), /channels must be an integer, but got 1.5/, 'channels');
    refused(make([1], { delay: -1 }), /delay must be 0 or more, but got -1/, 'delay');
    refused(
      make([1], { latency: 1 }),
      /unexpected option 'latency', known are channels, delay, dtype/,
      'option',
    );
    refused(make([1], { dtype: 'int8' }), /dtype must be 'float32' or 'float64', but got 'int8'/, 'dtype');
    refused(make('b'), /b: expected a tensor/, 'text');
  });

  it('blocks of other channels, and outputs of other sizes', () => {
    refused(
      () => two.process(x),
      /block: expected 2 channels, as a list of arrays or a tensor \[2, n\], got one array/,
      '1',
    );
    refused(() => two.process([x]), /expected 2 channels, got a list of 1 arrays/, 'list');
    refused(() => two.process([x, x.subarray(1)]), /channel 1 has 3 samples, channel 0 has 4/, 'lengths');
    refused(() => two.process([x, [1, 2]] as never), /typed array for channel 1/, 'kinds');
    refused(
      () => two.process({ data: x, shape: [1, 4] }),
      /expected a tensor \[2, n\], got shape \[1, 4\]/,
      'tensor',
    );
    refused(
      () => one.process({ data: x, shape: [2, 3] }),
      /expected a tensor \[1, n\] or \[n\], got shape \[2, 3\]/,
      'rows',
    );
    refused(
      () => one.process({ data: x, shape: [3] }),
      /shape \[3\] is invalid for data of 4 elements/,
      'data',
    );
    refused(() => one.process(undefined as never), /block: expected a tensor/, 'nothing');
    refused(
      () => one.process(x, { out: new Float32Array(3) }),
      /out: expected 4 samples per channel.*got 3/,
      'size',
    );
    refused(
      () => one.process(x, { out: new Int16Array(4) as never }),
      /expected a Float32Array or a Float64Array/,
      'kind',
    );
    refused(() => one.process(x, { out: 'here' as never }), /out: expected an array of floats/, 'text');
    refused(() => one.process(x, { output: x } as never), /unexpected option 'output'/, 'option');
    const wide = new Float32Array(8);
    const shifted = { out: wide.subarray(1, 5) };
    refused(
      () => one.process(wide.subarray(0, 4), shifted),
      /out: shares memory with another part/,
      'shifted',
    );
    const crossed = { out: [wide.subarray(4), wide.subarray(0, 4)] };
    refused(() => two.process([wide.subarray(0, 4), wide.subarray(4)], crossed), /shares memory/, 'crossed');
    assertSame(one.state.data, [0], 'nothing of it was heard');
  });

  it('states of other sizes', () => {
    refused(() => one.reset([1, 2]), /unexpected shape for zi: expected \[1\], found \[2\]/, 'length');
    refused(() => two.reset([[1], [2], [3]]), /expected \[2, 1\], found \[3, 1\]/, 'channels');
  });

  it('to work once it is disposed', () => {
    const filter = new FirFilter([1]);
    filter[Symbol.dispose]();
    filter.dispose();
    for (const call of [
      () => filter.process(x),
      () => filter.state,
      () => filter.reset(),
      () => filter.clone(),
    ])
      assert.throws(call, /FirFilter of \[1\] coefficients, 1 channels is disposed/);
  });
});

describe('the memory of a filter', () => {
  it('is given back by dispose, and when it is collected', async () => {
    await settle();
    new FirFilter(normal(1000, 1)).dispose();
    const before = memoryUsage().live;
    const filter = new FirFilter(normal(1000, 1));
    assert.ok(memoryUsage().live - before > 4 * 1000 * 3);
    filter.dispose();
    assert.equal(memoryUsage().live, before);
    for (let i = 0; i < 50; i++) new FirFilter(normal(1000, i)).clone().process(new Float32Array(128));
    await settleUntil(() => memoryUsage().live === before);
    assert.equal(memoryUsage().live, before);
  });

  it('stays flat over 100,000 blocks, states and clones', async () => {
    const filter = new FirFilter(reals(1500, 1), { channels: 2 });
    const [x, out] = [1, 2].map((seed) => [normal(64, seed), normal(64, seed)]);
    const run = (times: number): void => {
      for (let i = 0; i < times; i++) filter.process(x, { out });
      for (let i = 0; i < times / 1000; i++) filter.clone().dispose();
      assert.equal(filter.state.data.length, 2 * 1499);
    };
    // coefficients whose state is read more than once have their spectrum kept, as weights are
    for (let i = 0; i < 3; i++) run(2000);
    await settle();
    const [wasm, heap] = [memoryUsage(), process.memoryUsage()];
    run(100_000);
    const grown = () => process.memoryUsage().heapUsed - heap.heapUsed;
    const buffers = () => process.memoryUsage().arrayBuffers - heap.arrayBuffers;
    await settleUntil(() => grown() < 1_000_000 && buffers() < 1_000_000);
    assert.deepEqual(memoryUsage(), wasm);
    assert.ok(grown() < 1_000_000, `the heap grew by ${grown()} bytes`);
    assert.ok(buffers() < 1_000_000, `buffers grew by ${buffers()} bytes`);
    filter.dispose();
  });

  it('is not added to by a call that has run before: nothing is allocated', () => {
    const program = `
      const { FirFilter } = await import('convnd/signal');
      const left = new Float32Array(128).map((_, i) => Math.sin(i));
      const block = [left, left.slice()];
      const options = { out: [new Float32Array(128), new Float32Array(128)] };
      const filter = new FirFilter(new Float32Array(48000).map((_, i) => Math.cos(i)), { channels: 2 });
      const run = (times) => { for (let i = 0; i < times; i++) filter.process(block, options); };
      run(20000);
      gc();
      const before = process.memoryUsage().heapUsed;
      run(20000);
      console.log((process.memoryUsage().heapUsed - before) / 20000);
    `;
    const flags = [
      '--expose-gc',
      '--min-semi-space-size=64',
      '--max-semi-space-size=64',
      '--input-type=module',
      '-e',
    ];
    const bytes = Number(execFileSync(process.execPath, [...flags, program], { encoding: 'utf8' }));
    assert.ok(bytes < 2, `${bytes} bytes a call`);
  });
});
