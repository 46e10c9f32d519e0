// forwardAsync: the same bits as forward, whatever happens meanwhile. Its workers run on this thread.

import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { Conv1d, Conv2d, Conv3d, ConvTranspose2d, LazyConv2d, resident, type Tensor, tensor } from 'convnd';
import { layersUseFft } from 'convnd/signal';
import { record } from 'convnd/train';
import fc from 'fast-check';
import { setWorkers } from '#src/threads/async-workers.js';
import { portionSizes } from '#src/threads/compute-async.js';
import { type ForwardAsyncOptions, forwardAsync } from '#src/threads/forward-async.js';
import { sameThread } from '#src/threads/same-thread.js';
import { differingPlace } from '../helpers/bits.js';
import { problemLayer } from '../helpers/build.js';
import { uniform } from '../helpers/numbers.js';
import { drawn, problemOf } from '../helpers/problems.js';
import { inputShape, product } from '../reference/reference.js';
import { type AnyLayer, assertSameBits, input, nextTask } from './async-calls.js';

const portions = { ...portionSizes };

afterEach(() => {
  Object.assign(portionSizes, portions);
  layersUseFft(false);
  setWorkers(3, sameThread);
});

const activations = [
  undefined,
  'relu',
  'relu6',
  'leakyRelu',
  'tanh',
  'sigmoid',
  'silu',
  'hardswish',
  'gelu',
] as const;

/** A random call of a layer. */
function randomCall(p: ReturnType<typeof problemOf>, seed: number) {
  const random = uniform(seed);
  const one = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)];
  const layer = problemLayer(p, seed % 3 > 0) as unknown as AnyLayer;
  layer.winograd = one(['auto', 'auto', 'never']);
  const shape = inputShape(p);
  const plain = input(shape, seed);
  if (seed % 7 === 0) plain.data[seed % plain.data.length] = Number.NaN;
  if (seed % 11 === 0) layer.weight.data[0] = Number.POSITIVE_INFINITY;
  const size = layer.outputShape(shape);
  const options = {
    add: one([undefined, undefined, input(size, seed + 3)]),
    activation: one(activations),
    inputActivation: one(activations),
    scale: one([undefined, 0.75]),
  };
  const out = one([undefined, tensor(new Float32Array(product(size)), size), resident({ shape: size })]);
  const wide = resident({ shape: shape.map((n, axis) => (axis === 1 ? n + 2 : n)) });
  const view = wide.channels(1, shape[1]);
  for (let image = 0; image < shape[0]; image++)
    view
      .channels(image, 1, { axis: 0 })
      .data.set(
        plain.data.subarray((image * plain.data.length) / shape[0]).subarray(0, plain.data.length / shape[0]),
      );
  return { layer, x: one<Tensor>([plain, plain, resident(plain), view]), out, options };
}

describe('forwardAsync', () => {
  it('gives the bits of forward for random layers, options and tensors', async () => {
    Object.assign(portionSizes, { microseconds: 2, bytes: 1 << 16 });
    setWorkers(3, sameThread);
    let several = 0;
    await fc.assert(
      fc.asyncProperty(
        drawn.filter(({ batch }) => batch > 0),
        fc.constantFrom(0, 8, 30),
        fc.nat(2 ** 31 - 1),
        async (d, more, seed) => {
          const p = problemOf(d);
          const extra = p.input.length === 3 ? Math.min(more, 8) : more;
          const { layer, x, out, options } = randomCall({ ...p, input: p.input.map((n) => n + extra) }, seed);
          const wanted = layer.forward(x, options);
          const shares: number[] = [];
          const got = await forwardAsync(layer, x, {
            ...options,
            out,
            progress: (share) => shares.push(share),
          });
          if (out) assert.equal(got, out);
          assertSameBits(got, wanted, `${layer} of ${x.shape}, seed ${seed}`);
          assert.equal(shares.at(-1), 1);
          if (shares.length > 1) several++;
          layer.dispose();
        },
      ),
      { numRuns: 120 },
    );
    assert.ok(several > 25, `only ${several} were cut`);
  });

  for (const [layer, shape] of [
    [new Conv2d(64, 64, 3, { padding: 1 }), [1, 64, 56, 56]],
    [new Conv2d(64, 64, 3, { padding: 1, groups: 64 }), [2, 64, 60, 61]],
    [new Conv3d(5, 5, 3, { padding: 2, dilation: 2 }), [1, 5, 40, 41, 42]],
    [new ConvTranspose2d(32, 8, 4, { stride: 2, padding: 1 }), [2, 32, 40, 41]],
    [new Conv1d(8, 16, 3, { padding: 1 }), [1, 8, 40_000]],
    // few maps, whose items are parts of a map
    [new Conv2d(8, 8, 3, { padding: 1, groups: 8 }), [1, 8, 128, 128]],
    [new Conv2d(2, 2, 5, { padding: 2, groups: 2 }), [1, 2, 512, 512]],
    [new Conv1d(8, 8, 3, { padding: 1, groups: 8 }), [1, 8, 65_536]],
  ] as const) {
    it(`gives the bits of forward for ${layer}`, async () => {
      const x = input([...shape]);
      const any = layer as unknown as AnyLayer;
      const got = await forwardAsync(any, x, { activation: 'silu' });
      assertSameBits(got, any.forward(x, { activation: 'silu' }), String(layer));
    });
  }

  it('refuses what forward refuses, in its words, by a broken promise', async () => {
    const layer = new Conv2d(2, 3, 3);
    const x = input([1, 2, 8, 8]);
    const calls: [unknown, object?][] = [
      [input([1, 5, 8, 8])],
      ['nothing'],
      [x, { out: input([1, 3, 8, 8]) }],
      [x, { out: x }],
      [x, { add: input([1, 2, 6, 6]) }],
      [x, { activation: 'softmax' }],
      [x, { outputSize: [8, 8] }],
      [x, { scale: '2' }],
    ];
    for (const [given, options] of calls) {
      let refusal: Error | undefined;
      try {
        layer.forward(given as Tensor, options);
      } catch (error) {
        refusal = error as Error;
      }
      const { name, message } = refusal!;
      // the known options are two more
      const text = message.startsWith('unexpected option')
        ? /unexpected option 'outputSize', known are/
        : message;
      await assert.rejects(forwardAsync(layer, given as Tensor, options), { name, message: text });
    }
    await assert.rejects(
      forwardAsync({} as Conv2d, x),
      /forwardAsync: expected a layer of this copy of convnd, got an object of class Object/,
    );
    await assert.rejects(
      forwardAsync(layer, x, { signal: {} as AbortSignal }),
      /signal: expected an AbortSignal/,
    );
    await assert.rejects(forwardAsync(layer, x, { progress: 1 as never }), /progress: expected a function/);
  });

  it('is given up by its signal, and writes nothing from then on', async () => {
    Object.assign(portionSizes, { microseconds: 0.1 });
    const layer = new Conv2d(2, 3, 3);
    const x = input([1, 2, 80, 80]);
    const wanted = layer.forward(x);
    await assert.rejects(
      forwardAsync(layer, x, { signal: AbortSignal.abort('too early') }),
      (e) => e === 'too early',
    );
    const out = tensor(new Float32Array(wanted.data.length), wanted.shape);
    const control = new AbortController();
    let shares = 0;
    const progress = () => {
      if (++shares === 2) control.abort(new Error('enough'));
    };
    await assert.rejects(
      forwardAsync(layer, x, { out, signal: control.signal, progress }),
      /^Error: enough$/,
    );
    const kept = out.data.slice();
    assert.notEqual(differingPlace(kept, wanted.data), -1);
    for (let i = 0; i < 10; i++) await nextTask();
    assert.deepEqual(out.data, kept);
    assert.equal(shares, 2);
    assertSameBits(await forwardAsync(layer, x, { out }), wanted, 'afterwards');
  });

  it('tells the share that is done, and gives up where that throws', async () => {
    Object.assign(portionSizes, { microseconds: 0.1 });
    const layer = new Conv2d(2, 3, 3);
    const x = input([1, 2, 80, 80]);
    const shares: number[] = [];
    await forwardAsync(layer, x, { progress: (share) => shares.push(share) });
    assert.ok(shares.length > 3);
    assert.deepEqual(
      shares,
      shares.map((_, i) => (i + 1) / shares.length),
    );
    const throwing = () => {
      throw new RangeError('not today');
    };
    await assert.rejects(forwardAsync(layer, x, { progress: throwing }), {
      name: 'RangeError',
      message: 'not today',
    });
    shares.length = 0;
    await forwardAsync(layer, input([0, 2, 80, 80]), { progress: (share) => shares.push(share) });
    assert.deepEqual(shares, [1]);
  });

  it('is refused inside of a record, which could give it no gradient', async () => {
    let call: Promise<unknown> | undefined;
    record(() => {
      call = forwardAsync(new Conv2d(2, 3, 3), input([1, 2, 8, 8]));
      return tensor([1]);
    });
    await assert.rejects(call!, /record: forwardAsync is not differentiable/);
  });

  it('takes the layer as it was, and lets others compute in between', async () => {
    Object.assign(portionSizes, { microseconds: 0.1 });
    for (const winograd of ['auto', 'never'] as const) {
      const layer = new Conv2d(6, 9, 3, { padding: 1 });
      layer.winograd = winograd;
      const other = new Conv2d(6, 4, 5);
      const x = input([1, 6, 80, 80]);
      const nan = input([1, 6, 80, 80]);
      nan.data[5000] = Number.NaN;
      const options: ForwardAsyncOptions = { activation: 'relu' };
      const wanted = [layer.forward(x, options), other.forward(x), layer.forward(nan)];
      const calls = [forwardAsync(layer, x, options), forwardAsync(other, x), forwardAsync(layer, nan)];
      layer.weight.data.fill(0.25);
      assert.ok(layer.forward(x).data.every(Number.isFinite));
      await nextTask();
      other.dispose();
      new Conv2d(6, 4, 5).forward(input([1, 6, 200, 200]));
      layer.weight = tensor(new Float32Array(6 * 9 * 9), [9, 6, 3, 3]);
      const got = await Promise.all(calls);
      for (const [i, tensor] of got.entries()) assertSameBits(tensor, wanted[i], `call ${i}, ${winograd}`);
      assertSameBits(await forwardAsync(layer, x), layer.forward(x), 'afterwards');
    }
  });

  it('adds to what is in out, also where results are not finite', async () => {
    Object.assign(portionSizes, { microseconds: 0.1 });
    const layer = new Conv2d(6, 6, 3, { padding: 1 });
    const x = input([1, 6, 80, 80]);
    for (const broken of [false, true]) {
      if (broken) x.data[9000] = Number.POSITIVE_INFINITY;
      for (const make of [(t: Tensor) => tensor(t.data.slice(), t.shape), resident]) {
        const [a, b] = [make(input([1, 6, 80, 80], 2)), make(input([1, 6, 80, 80], 2))];
        assertSameBits(
          await forwardAsync(layer, x, { out: a, add: a, scale: 0.5 }),
          layer.forward(x, { out: b, add: b, scale: 0.5 }),
          `broken: ${broken}`,
        );
      }
    }
  });

  it('learns the channels of a lazy layer, and follows tune, algorithm and layersUseFft', async () => {
    const lazy = new LazyConv2d(4, 3);
    const x = input([1, 3, 30, 30]);
    const first = await forwardAsync(lazy, x);
    assertSameBits(first, lazy.forward(x), 'lazy');
    lazy.algorithm = 'gemm';
    assertSameBits(await forwardAsync(lazy, x), lazy.forward(x), 'gemm');
    lazy.algorithm = 'depthwise';
    await assert.rejects(forwardAsync(lazy, x), /algorithm 'depthwise' can't compute this/);
    const long = new Conv1d(1, 1, 4001, { padding: 'same' });
    const wave = input([1, 40_000]);
    const direct = long.forward(wave);
    layersUseFft();
    const wanted = long.forward(wave);
    assert.notEqual(differingPlace(direct.data, wanted.data), -1);
    assertSameBits(await forwardAsync(long, wave), wanted, 'by spectra');
  });

  it('breaks the promise where its input is disposed of meanwhile', async () => {
    Object.assign(portionSizes, { microseconds: 0.1 });
    const layer = new Conv2d(2, 3, 3);
    const x = resident(input([1, 2, 80, 80]));
    const call = forwardAsync(layer, x);
    x.dispose();
    await assert.rejects(call, /is disposed/);
  });
});
