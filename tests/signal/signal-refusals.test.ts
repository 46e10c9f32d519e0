// What convnd/signal refuses, and in which words.

import { describe, it } from 'node:test';
import { tensor } from 'convnd';
import {
  convolve,
  convolve2d,
  correlate,
  correlate2d,
  correlateTemplate,
  correlationLags,
  fftconvolve,
  oaconvolve,
  upfirdn,
  xcorr,
  xcov,
} from 'convnd/signal';
import { refused } from '../helpers/refusal.js';

const ramp = [1, 2, 3, 4];

describe('what is refused', () => {
  const cases: [string, () => unknown, RegExp][] = [
    [
      'an unknown option',
      () => correlate(ramp, ramp, { bondary: 'wrap' } as never),
      /unexpected option 'bondary', known are mode/,
    ],
    [
      'a result that no memory holds',
      () => correlate(tensor(new Float32Array(2e5), [1, 2e5]), tensor(new Float32Array(2e5), [2e5, 1])),
      /not enough memory: 160000000000 bytes for 40000000000 numbers \[correlate of in1 \[1, 200000\]/,
    ],
    [
      'one of xcorr with a scale',
      () =>
        xcorr(tensor(new Float32Array(2e5), [2e5, 1, 1]), tensor(new Float32Array(2e5), [1, 2e5, 1]), {
          scale: 'biased',
        }),
      /not enough memory: \d+ bytes for \d+ numbers \[xcorr of/,
    ],
    [
      'more outputs along an axis than a tensor has',
      () => upfirdn([1, 1], [1, 2], { up: 2 ** 31 - 1 }),
      /^result: a size must be a whole number from 0 to 2147483647, got shape \[2147483649\] \[upfirdn of/,
    ],
    [
      'more lags than a tensor has numbers',
      () => xcorr([1, 2], [1, 2], { maxLag: 2 ** 31 - 1 }),
      /^result: a size must be .* got shape \[4294967295\] \[xcorr of/,
    ],
    [
      'more lags of correlationLags',
      () => correlationLags(2 ** 31 - 1, 2 ** 31 - 1),
      /^lags: a size must be .* got shape \[4294967293\] \[correlationLags\]/,
    ],
    ['options that are none', () => correlate(ramp, ramp, 'same' as never), /options must be an object/],
    [
      'an unknown mode',
      () => correlate(ramp, ramp, { mode: 'half' as never }),
      /mode must be 'full', 'same' or 'valid'/,
    ],
    ['an unknown method', () => convolve(ramp, ramp, { method: 'fast' as never }), /method must be/],
    [
      'a method of fftconvolve',
      () => fftconvolve(ramp, ramp, { method: 'fft' } as never),
      /unexpected option 'method'/,
    ],
    ['an unknown border', () => correlate(ramp, ramp, { boundary: 'around' as never }), /boundary must be/],
    [
      'reflect',
      () => correlate(ramp, ramp, { boundary: 'reflect' as never }),
      /'mirror' has c b\|a b c d\|c b.*'symmetric' has b a\|a b c d\|d c/,
    ],
    ['reflect in 2-D', () => convolve2d([ramp], [ramp], { boundary: 'reflect' as never }), /is two things/],
    ['a constant without its border', () => correlate(ramp, ramp, { cval: 3 }), /cval has no effect/],
    [
      'a constant beside another border',
      () => convolve2d([ramp], [ramp], { boundary: 'wrap', fillvalue: 3 }),
      /fillvalue has no effect/,
    ],
    [
      'a constant that is none',
      () => correlate(ramp, ramp, { boundary: 'constant', cval: Number.NaN }),
      /cval must be finite/,
    ],
    [
      'another type',
      () => correlate(ramp, ramp, { dtype: 'int32' as never }),
      /dtype must be 'float32' or 'float64'/,
    ],
    [
      'a complex type',
      () => correlate(ramp, ramp, { dtype: 'complex128' as never }),
      /complex numbers are not supported/,
    ],
    [
      'complex parts',
      () => correlate({ re: ramp, im: ramp } as never, ramp),
      /in1: complex numbers are not supported/,
    ],
    [
      'complex numbers',
      () => convolve(ramp, { data: new Float32Array(8), shape: [4], dtype: 'complex64' }),
      /in2: complex numbers/,
    ],
    [
      'complex parts by their long names',
      () => xcorr(ramp, { real: ramp, imag: ramp } as never, {}),
      /y: complex numbers are not supported/,
    ],
    ['no signal', () => correlate(undefined as never, ramp), /in1: expected a tensor/],
    [
      'ranks',
      () => correlate([ramp], ramp),
      /in1 and in2 must have as many axes, but have 2 and 1 \[correlate of in1 \[1, 4\], in2 \[4\]\]/,
    ],
    ['an empty input', () => convolve(ramp, []), /in2 is empty: its shape is \[0\]/],
    [
      'valid with neither larger',
      () => correlate([ramp], [[1], [2]], { mode: 'valid' }),
      /one input must be at least as large/,
    ],
    [
      'sizes of other axes',
      () => convolve([ramp, ramp], [[1], [2], [3]], { axes: 1 }),
      /sizes along axis 0.*are 2 and 3/,
    ],
    ['an axis beyond', () => convolve(ramp, ramp, { axes: 1 }), /there is no axis 1 in 1 dimension/],
    ['an axis twice', () => convolve([ramp], [ramp], { axes: [1, -1] }), /named twice/],
    ['no axes', () => convolve(ramp, ramp, { axes: [] }), /name at least one/],
    ['half an axis', () => convolve(ramp, ramp, { axes: 0.5 }), /axes must be an integer/],
    [
      'axes that are none',
      () => convolve(ramp, ramp, { axes: 'last' as never }),
      /axes must be an axis or a list/,
    ],
    ['lags beside maxLag', () => correlate(ramp, ramp, { lags: [0, 1], maxLag: 3 }), /give one of them/],
    [
      'lags beside a mode',
      () => correlate(ramp, ramp, { lags: [0, 1], mode: 'same' }),
      /mode and lags exclude each other/,
    ],
    [
      'maxLag beside a mode',
      () => correlate(ramp, ramp, { maxLag: 1, mode: 'same' }),
      /mode and maxLag exclude each other/,
    ],
    [
      'a constant in words',
      () => convolve2d([ramp], [ramp], { fillvalue: '3' as never }),
      /must be a number/,
    ],
    ['lags that end early', () => correlate(ramp, ramp, { lags: [1, 0] }), /ends before it begins/],
    ['half a lag', () => correlate(ramp, ramp, { lags: [0.5, 1] }), /lags must be an integer/],
    [
      'lags for more axes',
      () =>
        correlate(ramp, ramp, {
          lags: [
            [0, 1],
            [0, 1],
          ],
        }),
      /or a list of 1/,
    ],
    ['a negative maxLag', () => correlate(ramp, ramp, { maxLag: -1 }), /maxLag must be 0 or more/],
    [
      'a maxLag that is none',
      () => correlate(ramp, ramp, { maxLag: '3' as never }),
      /maxLag must be a number/,
    ],
    ['three axes of a picture', () => correlate2d([[ramp]], [[ramp]]), /in1 must have two axes, but has 3/],
    ['an axis of xcorr', () => xcorr(ramp, ramp, { axis: 1 }), /axis: there is no axis 1/],
    ['a scale', () => xcov(ramp, { scale: 'norm' as never }), /scale must be/],
    ['a scale for two lengths', () => xcorr(ramp, [1, 2], { scale: 'biased' }), /x has 4 elements and y 2/],
    [
      'an option of another function',
      () => xcorr(ramp, { mode: 'same' } as never),
      /unexpected option 'mode'/,
    ],
    [
      'a picture as a template',
      () => correlateTemplate([ramp], [ramp]),
      /data must have one axis, but has 2/,
    ],
    ['a long template', () => correlateTemplate([1], ramp), /data must not be shorter than the template/],
    ['demean', () => correlateTemplate(ramp, ramp, { demean: 1 as never }), /demean must be a boolean/],
    ['lags of nothing', () => correlationLags(0, 3), /n1 must be 1 or more/],
    ['lags of a mode', () => correlationLags(3, 3, 'half' as never), /mode must be/],
  ];
  for (const [what, call, message] of cases) it(what, () => void refused(call, message, what));

  interface Callable {
    (one: unknown, other: unknown, options?: unknown): unknown;
    explain?(one: number[], other: number[], options: unknown): string;
  }
  const functions = { convolve, fftconvolve, oaconvolve, correlate, convolve2d, correlate2d, xcorr, xcov };
  for (const [name, call] of Object.entries({ ...functions, correlateTemplate } as unknown as Record<
    string,
    Callable
  >))
    it(`in the name of ${name}`, () => {
      const end = new RegExp(`\\[${name}\\]$`);
      for (const given of ['x', { re: ramp, im: ramp }]) {
        refused(() => call(given, ramp), end, 'the first');
        refused(() => call([ramp], given, {}), end, 'the second');
      }
      const unknown = { unknown: 1 };
      refused(() => call(ramp, ramp, unknown), end, 'an option');
      const { explain } = call;
      if (explain) refused(() => explain([4], [4], unknown), end, 'an option of explain');
    });
});
