// Ways to compute a sum: spectra of independent sums, signal and kernel exchanged, the choice among them.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { memoryUsage, resident } from 'convnd';
import { type Asked, estimate } from '#src/sums/choice/choice.js';
import type { AxisSum, SumRequest } from '#src/sums/request.js';
import type { Samples } from '#src/sums/samples.js';
import { sums } from '#src/sums/sums.js';
import { uniform as generator } from '../helpers/numbers.js';
import { referenceSums } from '../reference/signal-reference.js';
import { filled } from './filled.js';

const where = () => 'test';

const axis = (first: number, count: number, direction: 1 | -1 = 1): AxisSum => ({ first, count, direction });

describe('signal and kernel', () => {
  it('change places where the kernel is longer, and give the same', () => {
    for (const border of ['nothing', { constant: 0 }] as const)
      for (const direction of [1, -1] as const)
        for (const dtype of ['float32', 'float64'] as const) {
          const next = generator(7);
          const whole = () => Math.floor(next() * 9) - 4;
          const signal = filled([3, 20, 11], dtype, whole);
          const kernel = filled([3, 31, 40], dtype, whole);
          const axes = ['each', axis(-25, 60, direction), axis(-12, 33, direction)] as const;
          const got = sums({ signal, kernel }, { axes, border, dtype, method: 'direct', where });
          const want = referenceSums(signal, kernel, axes, border);
          assert.deepEqual(
            Array.from(got.data, (value) => value + 0),
            want.sums.map(({ value }) => value + 0),
          );
        }
  });

  it('stay where zeros around the signal meet what is not finite', () => {
    const signal = filled([5, 4], 'float32', () => 2);
    const kernel = filled([17, 19], 'float32', () => 1);
    kernel.data[100] = Number.POSITIVE_INFINITY;
    const axes = [axis(-14, 20), axis(-16, 20)];
    for (const border of ['nothing', { constant: 0 }] as const) {
      const got = sums({ signal, kernel }, { axes, border, dtype: 'float32', method: 'direct', where });
      const want = referenceSums(signal, kernel, axes, border);
      assert.deepEqual(
        Array.from(got.data),
        want.sums.map(({ value }) => value),
      );
    }
  });
});

describe('spectra', () => {
  it('compute independent sums one by one', () => {
    const shapes: [number[], number[], (AxisSum | 'each')[]][] = [
      [
        [5, 300],
        [1, 40],
        ['each', axis(-20, 300)],
      ],
      // two axes that share the kernel are joined
      [
        [2, 3, 100],
        [1, 1, 20],
        ['each', 'each', axis(-10, 100)],
      ],
      [
        [1, 300],
        [5, 40],
        ['each', axis(0, 261, -1)],
      ],
      [
        [300, 5],
        [40, 5],
        [axis(-20, 300, -1), 'each'],
      ],
      [
        [2, 30, 3, 40],
        [2, 9, 1, 9],
        ['each', axis(-4, 30), 'each', axis(-4, 40)],
      ],
      [
        [2, 30, 1, 40],
        [1, 9, 4, 9],
        ['each', axis(-4, 30), 'each', axis(-4, 40)],
      ],
      // four axes, of which a transform takes three: one is left out, or all are summed directly
      [
        [4, 1, 20, 30],
        [2, 1, 9, 9],
        [axis(0, 3), axis(0, 1), axis(-4, 20), axis(-4, 30)],
      ],
      [
        [4, 3, 10, 10],
        [2, 2, 5, 5],
        [axis(0, 3), axis(-1, 4), axis(-4, 10), axis(0, 6)],
      ],
    ];
    for (const [signalShape, kernelShape, axes] of shapes)
      for (const dtype of ['float32', 'float64'] as const) {
        const next = generator(11);
        const whole = () => Math.floor(next() * 9) - 4;
        const signal = filled(signalShape, dtype, whole);
        const kernel = filled(kernelShape, dtype, whole);
        const got = sums({ signal, kernel }, { axes, border: 'mirror', dtype, method: 'fft', where });
        const want = referenceSums(signal, kernel, axes, 'mirror');
        assert.deepEqual(
          Array.from(got.data, (value) => value + 0),
          want.sums.map(({ value }) => value + 0),
          JSON.stringify(axes),
        );
      }
  });

  it('of four axes give 0 where one of a single element is missed', () => {
    const signal = filled([4, 1, 20, 30], 'float32', () => 1);
    const kernel = filled([2, 1, 9, 9], 'float32', () => 1);
    const axes = [axis(0, 3), axis(1, 1), axis(0, 12), axis(0, 22)];
    const got = sums({ signal, kernel }, { axes, border: 'nothing', dtype: 'float32', method: 'fft', where });
    assert.deepEqual(got.data, new Float32Array(3 * 12 * 22));
  });

  it('leave what is not finite to direct sums', () => {
    for (const dtype of ['float32', 'float64'] as const) {
      const next = generator(13);
      const signal = filled([4000], dtype, () => Math.floor(next() * 9) - 4);
      const kernel = filled([70], dtype, () => Math.floor(next() * 9) - 4);
      signal.data[1234] = Number.POSITIVE_INFINITY;
      signal.data[3000] = Number.NaN;
      const axes = [axis(-30, 4000)];
      const got = sums({ signal, kernel }, { axes, border: 'nothing', dtype, method: 'fft', where });
      const want = referenceSums(signal, kernel, axes, 'nothing');
      assert.deepEqual(
        Array.from(got.data, (value) => value + 0),
        want.sums.map(({ value }) => value + 0),
      );
    }
  });
});

describe('spectra of a shared kernel', () => {
  it('leave only the outputs of a row that is not finite to direct sums', () => {
    for (const dtype of ['float32', 'float64'] as const) {
      const next = generator(19);
      const signal = filled([6, 400], dtype, () => Math.floor(next() * 9) - 4);
      const kernel = filled([1, 70], dtype, () => Math.floor(next() * 9) - 4);
      signal.data[2 * 400 + 123] = Number.NaN;
      signal.data[4 * 400 + 399] = Number.NEGATIVE_INFINITY;
      const axes = ['each', axis(-30, 400)] as const;
      const got = sums({ signal, kernel }, { axes, border: 'nothing', dtype, method: 'fft', where });
      const want = referenceSums(signal, kernel, axes, 'nothing');
      assert.deepEqual(
        Array.from(got.data, (value) => value + 0),
        want.sums.map(({ value }) => value + 0),
      );
    }
  });
});

describe('numbers below 2^-126, where float32 has fewer digits', () => {
  const least = 2 ** -126;
  const unit = 2 ** -24;
  const counted = ({ data, shape }: Samples) => ({
    data: Float64Array.from(data, (x) => Math.max(Math.abs(x), least)),
    shape,
  });
  const normOf = (samples: Samples) => Math.hypot(...counted(samples).data);

  it('count as 2^-126 in the bounds of both methods', () => {
    const draws: [string, (random: number) => number][] = [
      ['ones', () => 1],
      ['noise', (random) => random],
      ['subnormal', (random) => Math.round(9 * random) * 2 ** -149],
      ['products are subnormal', (random) => 1e-20 * random],
      ['huge', (random) => 1e37 * random],
      ['every size', (random) => Math.sign(random) * 10 ** (40 * Math.abs(random) - 40)],
    ];
    for (const [ofSignal, signalAt] of draws)
      for (const [ofKernel, kernelAt] of draws) {
        if (ofSignal === 'huge' && ofKernel === 'huge') continue; // too large for float32
        const next = generator(3);
        const signal = filled([9, 300], 'float32', () => signalAt(2 * next() - 1));
        const kernel = filled([3, 40], 'float32', () => kernelAt(2 * next() - 1));
        const axes = [axis(-2, 11), axis(-39, 339)];
        const want = referenceSums(signal, kernel, axes, 'nothing').sums;
        const most = referenceSums(counted(signal), counted(kernel), axes, 'nothing').sums;
        const logSize = Math.ceil(Math.log2(11 * 339));
        const norms = Math.max(normOf(signal) * normOf(kernel), 2 ** (logSize / 2) * least);
        for (const method of ['direct', 'fft'] as const) {
          const request: SumRequest = { axes, border: 'nothing', dtype: 'float32', method, where };
          sums({ signal, kernel }, request).data.forEach((got, i) => {
            const { value, terms } = want[i];
            // the roundings of separable sums are those of a row, of a column and of both factors
            const direct = unit * (Math.max(terms, 3 + 40 + 2) + 2) * (most[i].magnitude + terms * least);
            const bound = method === 'fft' ? Math.max(direct, unit * logSize * norms) : direct;
            const error = Math.abs(got - value);
            assert.ok(
              error <= bound,
              `${method}, ${ofSignal}, ${ofKernel}: ${i} is ${got}, not ${value}, off by ${error / bound} of the bound`,
            );
          });
        }
      }
  });
});

describe('the choice', () => {
  const asked = (axes: readonly (AxisSum | 'each')[], method: Asked['method'] = 'auto'): Asked => ({
    axes,
    border: 'nothing',
    dtype: 'float32',
    method,
  });

  it('is direct for few taps and fft for many', () => {
    assert.equal(estimate(asked([axis(0, 65536)]), [65536], [5]).method, 'direct');
    assert.equal(estimate(asked([axis(0, 65536)]), [65536], [1025]).method, 'fft');
    assert.equal(estimate(asked([axis(0, 510), axis(0, 510)]), [512, 512], [3, 3]).method, 'direct');
    assert.equal(estimate(asked([axis(0, 449), axis(0, 449)]), [512, 512], [64, 64]).method, 'fft');
  });

  it('is direct for few lags of long signals', () => {
    assert.equal(estimate(asked([axis(-10, 21)]), [65536], [65536]).method, 'direct');
    assert.equal(estimate(asked([axis(-65535, 131071)]), [65536], [65536]).method, 'fft');
  });

  it('is what was asked for, where that can be', () => {
    assert.equal(estimate(asked([axis(0, 65536)], 'fft'), [65536], [5]).method, 'fft');
    assert.equal(estimate(asked([axis(0, 65536)], 'direct'), [65536], [1025]).method, 'direct');
    const strided = asked([{ ...axis(0, 30000), stride: 2 }], 'fft');
    const { method, fft } = estimate(strided, [65536], [1025]);
    assert.equal(method, 'direct');
    assert.equal(fft, Number.POSITIVE_INFINITY);
  });

  it('counts the permutation of axes for sums along another axis than the last', () => {
    const along = (axes: readonly (AxisSum | 'each')[], kernel: number[]) =>
      estimate(asked(axes), [512, 512], kernel).fft;
    assert.ok(along([axis(0, 512), 'each'], [33, 1]) > along(['each', axis(0, 512)], [1, 33]));
  });

  it('is one axis after another for a large product of factors', () => {
    const blur = filled([9, 9], 'float32', () => 1);
    const question = asked([axis(-4, 512), axis(-4, 512)]);
    const with9 = estimate(question, [512, 512], [9, 9], blur);
    assert.equal(with9.method, 'separable');
    assert.ok(with9.separable! < with9.direct);
    assert.equal(estimate(question, [512, 512], [9, 9]).separable, undefined);
  });
});

describe('resident tensors', () => {
  it('are read and written where they are', () => {
    const next = generator(17);
    const whole = () => Math.floor(next() * 9) - 4;
    for (const [shape, taps, axes] of [
      [[5000], [33], [axis(0, 4968)]],
      [[5000], [33], [axis(-16, 5000)]],
      [
        [100, 90],
        [5, 7],
        [axis(0, 96), axis(0, 84)],
      ],
      [
        [100, 90],
        [5, 7],
        [axis(-2, 100), axis(-3, 90)],
      ],
      [
        [3, 40, 50],
        [3, 5, 7],
        ['each', axis(-2, 40), axis(0, 44)],
      ],
      [
        [3, 270, 270],
        [3, 1, 2],
        ['each', axis(0, 270), axis(0, 269)],
      ],
      [
        [100, 90],
        [9, 1],
        [axis(-2, 100), 'each'],
      ],
    ] as [number[], number[], (AxisSum | 'each')[]][]) {
      const plain = filled(shape, 'float32', whole) as Samples<'float32'>;
      const kernel = filled(taps, 'float32', whole) as Samples<'float32'>;
      const request: SumRequest = { axes, border: 'mirror', dtype: 'float32', method: 'auto', where };
      const want = referenceSums(plain, kernel, axes, 'mirror');
      const signal = resident(plain);
      const weights = resident(kernel);
      const out = resident({ shape: want.shape });
      const got = sums({ signal, kernel: weights, out } as never, request);
      assert.equal(got, out as never);
      assert.deepEqual(
        Array.from(out.data, (value) => value + 0),
        want.sums.map(({ value }) => value + 0),
      );
      for (const tensor of [signal, weights, out]) tensor.dispose();
    }
  });
});

describe('memory', () => {
  const request = (axes: AxisSum[]): SumRequest => ({
    axes,
    border: 'nothing',
    dtype: 'float64',
    method: 'direct',
    where,
  });

  it('of a sum of any size is a few megabytes', () => {
    const ones = (shape: number[]) => filled(shape, 'float64', () => 1);
    sums({ signal: ones([2 ** 21]), kernel: ones([8]) }, request([axis(0, 2 ** 21 - 7)]));
    sums({ signal: ones([2 ** 20]), kernel: ones([2 ** 20]) }, request([axis(-2, 5)]));
    sums({ signal: ones([4, 2 ** 19]), kernel: ones([3, 3]) }, request([axis(-1, 4), axis(-1, 2 ** 19)]));
    sums({ signal: ones([2 ** 19, 4]), kernel: ones([3, 3]) }, request([axis(-1, 2 ** 19), axis(-1, 4)]));
    const got = sums(
      { signal: ones([1000, 1000]), kernel: ones([990, 990]) },
      request([axis(0, 11), axis(0, 3)]),
    );
    assert.ok(got.data.every((value) => value === 990 * 990));
    // fewer outputs than taps along one axis, and rows too long for a block along the other
    for (const [size, taps, across] of [
      [[139, 2000], 70, axis(0, 2000)],
      [[5, 200_000], 5, 'each'],
    ] as const) {
      const axes = [axis(0, size[0] - taps + 1), across];
      const down = sums({ signal: ones([...size]), kernel: ones([taps, 1]) }, { ...request([]), axes });
      assert.ok(down.data.every((value) => value === taps));
    }
    assert.ok(memoryUsage().scratch < 8e6, `${memoryUsage().scratch} bytes of scratch`);
  });

  it('stays as it is over many calls', () => {
    const signal = filled([64], 'float32', () => 1);
    const kernel = filled([40], 'float32', () => 1);
    const small: SumRequest = { ...request([axis(0, 64)]), dtype: 'float32' };
    const call = () => sums({ signal, kernel }, small);
    for (let i = 0; i < 1000; i++) call();
    const before = memoryUsage();
    for (let i = 0; i < 1e5; i++) call();
    assert.deepEqual(memoryUsage(), before);
  });

  it('that `out` shares with an operand is refused', () => {
    const buffer = new Float32Array(200);
    const signal = { data: buffer.subarray(0, 100), shape: [100] };
    const kernel = { data: new Float32Array(3), shape: [3] };
    const out = { data: buffer.subarray(99, 199), shape: [100] };
    const asked: SumRequest = { ...request([axis(-1, 100)]), dtype: 'float32' };
    assert.throws(() => sums({ signal, kernel, out }, asked), /out: shares memory with the signal/);
  });
});
