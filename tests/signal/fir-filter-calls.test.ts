// FirFilter: forms of blocks, channels, rejected calls, and memory.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { memoryUsage, resident } from 'convnd';
import { FirFilter } from 'convnd/signal';
import { assertSame } from '../helpers/compare.js';
import { settle, settleUntil } from '../helpers/garbage.js';
import { integers, normal, reals } from '../helpers/numbers.js';
import { refused } from '../helpers/refusal.js';

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
    const bits = { data: Uint16Array.of(0x3c00, 0xc000), shape: [2], dtype: 'float16' };
    assert.deepEqual(new FirFilter([1]).process(bits).data, want12);
    for (const data of [bits.data, new Float32Array(2)])
      refused(
        () => new FirFilter([1]).process({ ...bits, data, dtype: 'complex64' }),
        /block: complex numbers are not supported/,
        'complex',
      );
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
      const grown = () => {
        const before = process.memoryUsage().heapUsed;
        run(20000);
        return process.memoryUsage().heapUsed - before;
      };
      // the least of three: the compiler may still be at work during the first
      console.log(Math.min(grown(), grown(), grown()) / 20000);
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

it('refuses other coefficients and another delay, and hands its state to a new filter of the same length', () => {
  const filter = new FirFilter([1, 0, 0.5]);
  for (const name of ['delay', 'channels', 'dtype'] as const)
    refused(() => Object.assign(filter, { [name]: 2 }), /read only property/, name);
  refused(() => Object.assign(filter, { coefficients: 2 }), /property coefficients .* only a getter/, 'all');
  for (const part of [filter.coefficients, filter.coefficients.data, filter.coefficients.shape])
    refused(() => Object.assign(part, { 0: 2, data: [2] }), /read only|not extensible/, 'a part');
  assertSame(new FirFilter(filter.coefficients).process([1, 0, 0]).data, [1, 0, 0.5], 'passed on');
  // for subclasses and spies
  Object.assign(filter, { title: 'echo', process: filter.process });
  filter.process(Float32Array.of(4, 8));
  const other = new FirFilter([3, 0, 0]);
  other.reset(filter.state);
  // the old echoes, then the new filter
  assertSame(other.process(Float32Array.of(0, 1, 2)), [2, 4 + 3, 6], 'the new filter');
});
