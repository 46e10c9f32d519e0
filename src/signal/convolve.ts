// convolve, fftconvolve and oaconvolve, like scipy.signal's.

import type { Dtype, Samples, SamplesLike } from '../sums/samples.js';
import { explained } from './choose.js';
import { correlateOptions } from './correlate.js';
import { type ConvolveOptions, type CorrelateOptions, checkOptions, convolveOptions } from './options.js';
import { compute, type Kind } from './sum.js';

const convolution = (name: string): Kind => ({ name, direction: -1, centre: 'own' });

/**
 * Convolution, as scipy.signal.convolve: the output of a filter with the impulse response in2 for the input in1. With one axis, output `i` is the sum of
 * `in1[i - k] * in2[k]` over all k; `correlate` with a reversed in2. docs/signals.md has the differences from MATLAB and NumPy.
 *
 * @param in1 a signal, a picture or a volume: a tensor, nested arrays, or a typed array for one axis
 * @param in2 of as many axes
 * @returns mode 'full': n1 + n2 - 1 along each axis; 'same': n1; 'valid': |n1 - n2| + 1; with `lags` one output for each
 * @throws RangeError if ranks differ, an input is empty, neither is larger along every axis in mode 'valid', or sizes along other axes are neither
 *   equal nor 1; TypeError for unknown options and names, and for complex numbers
 * @see https://docs.scipy.org/doc/scipy/reference/generated/scipy.signal.convolve.html
 * @example
 * import { convolve } from 'convnd/signal';
 * console.log(convolve([1, 2, 3], [0, 1, 0.5]).data.join()); // 0,1,2.5,4,1.5
 * console.log(convolve([1, 2, 3], [0, 1, 0.5], { mode: 'same' }).data.join()); // 1,2.5,4
 * console.log(convolve([1, 2, 3], [0.1, 0.2], { dtype: 'float64' }).data[1].toFixed(15)); // 0.400000000000000
 */
export function convolve<D extends Dtype = 'float32'>(
  in1: SamplesLike,
  in2: SamplesLike,
  options?: CorrelateOptions<D>,
): Samples<D> {
  const checked = checkOptions(options, correlateOptions, () => 'convolve');
  return compute(convolution('convolve'), in1, in2, checked);
}

/** Describes the computation for two shapes, like `correlate.explain`. */
convolve.explain = (
  shape1: readonly number[],
  shape2: readonly number[],
  options?: CorrelateOptions,
): string =>
  explained(
    convolution('convolve'),
    checkOptions(options, correlateOptions, () => 'convolve'),
    shape1,
    shape2,
  );

/**
 * Convolution by FFT, as scipy.signal.fftconvolve: `convolve` with method 'fft'. The scratch memory does not grow with the input, and NaN and
 * Infinity affect only the outputs that the definition says.
 *
 * @param in1 a signal, a picture or a volume
 * @param in2 an array with as many axes; along axes that are not in `axes`, sizes are equal or 1
 * @returns as `convolve`; broadcast axes are kept in every mode
 * @throws as `convolve`
 * @see https://docs.scipy.org/doc/scipy/reference/generated/scipy.signal.fftconvolve.html
 * @example
 * import { fftconvolve } from 'convnd/signal';
 * const channels = [[1, 2, 3, 4], [5, 6, 7, 8]];
 * const y = fftconvolve(channels, [[1, -1]], { axes: 1, mode: 'valid' });
 * console.log(y.shape.join(), y.data.join()); // 2,3 1,1,1,1,1,1
 */
export function fftconvolve<D extends Dtype = 'float32'>(
  in1: SamplesLike,
  in2: SamplesLike,
  options?: ConvolveOptions<D>,
): Samples<D> {
  return throughSpectrum('fftconvolve', in1, in2, options);
}

/** Describes the computation for two shapes, like `correlate.explain`. */
fftconvolve.explain = (
  shape1: readonly number[],
  shape2: readonly number[],
  options?: ConvolveOptions,
): string =>
  explained(
    convolution('fftconvolve'),
    checkOptions(options, convolveOptions, () => 'fftconvolve', 'fft'),
    shape1,
    shape2,
  );

/**
 * Convolution by FFTs of blocks, as scipy.signal.oaconvolve. In convnd every FFT is blockwise, so this is `fftconvolve`.
 *
 * @param in1 a signal, a picture or a volume
 * @param in2 an array with as many axes; along axes that are not in `axes`, sizes are equal or 1
 * @returns as `convolve`; broadcast axes are kept in every mode
 * @throws as `convolve`
 * @see https://docs.scipy.org/doc/scipy/reference/generated/scipy.signal.oaconvolve.html
 * @example
 * import { oaconvolve } from 'convnd/signal';
 * console.log(oaconvolve(new Float32Array(1000).fill(1), [1, 1, 1], { mode: 'same' }).data.slice(0, 3).join()); // 2,3,3
 */
export function oaconvolve<D extends Dtype = 'float32'>(
  in1: SamplesLike,
  in2: SamplesLike,
  options?: ConvolveOptions<D>,
): Samples<D> {
  return throughSpectrum('oaconvolve', in1, in2, options);
}

/** Describes the computation for two shapes, like `correlate.explain`. */
oaconvolve.explain = (
  shape1: readonly number[],
  shape2: readonly number[],
  options?: ConvolveOptions,
): string =>
  explained(
    convolution('oaconvolve'),
    checkOptions(options, convolveOptions, () => 'oaconvolve', 'fft'),
    shape1,
    shape2,
  );

function throughSpectrum<D extends Dtype>(
  name: string,
  in1: SamplesLike,
  in2: SamplesLike,
  options: ConvolveOptions<D> | undefined,
): Samples<D> {
  return compute(
    convolution(name),
    in1,
    in2,
    checkOptions(options, convolveOptions, () => name, 'fft'),
  );
}
