// layersUseFft: lets layers compute convolutions with long kernels by FFT.

import { flag } from '../../core/arguments.js';
import { alternative, type Provider } from '../../run/alternative.js';
import { type LayerFftPlan, layerFftPlan, milliseconds, ratio } from './plan.js';
import { LayerFft } from './run.js';

const fft: Provider = {
  implementationOf: (engine, plan, onEvict) => {
    const found = layerFftPlan(plan);
    return typeof found === 'string' ? undefined : new LayerFft(engine, found, onEvict);
  },
  explain: (plan, lines) => {
    const found = layerFftPlan(plan);
    if (typeof found !== 'string') return taken(found);
    const [algorithm, ...others] = lines;
    return [algorithm, `           not fft: ${found}`, ...others];
  },
};

/**
 * Lets layers and functionals compute convolutions by FFT where that is estimated to be faster: kernels of hundreds of taps with stride 1,
 * and any groups, channels, dilation and padding mode. It applies to all layers, including existing ones; importing this function changes
 * nothing before it is called. A layer's `explain` says which implementation is used and why. Layers with an `algorithm` option or a result
 * of `tune` keep their algorithm.
 *
 * With u = 2^-24, N the size of a block times the channels of a group, x a channel's inputs of the block and w its kernel:
 * |error| <= u log2 N Σ ‖x‖₂ ‖w‖₂, summed over channels. Results for integers are exact where this is below 1/4. If weights or results
 * are not finite, the call is computed without FFT.
 *
 * @param use false switches FFT off; cached spectra are freed when a layer is next called or disposed. Default true
 * @throws TypeError if `use` is not a boolean
 * @example
 * import { Conv1d } from 'convnd';
 * import { layersUseFft } from 'convnd/signal';
 * const reverb = new Conv1d(1, 1, 48000, { padding: 'same' });
 * layersUseFft();
 * console.log(reverb.explain([1, 192000]).includes('algorithm  fft')); // true
 * layersUseFft(false);
 * console.log(reverb.explain([1, 192000]).includes('fft')); // false
 */
export function layersUseFft(use = true): void {
  flag(use, 'use', () => 'layersUseFft');
  alternative.provider = use ? fft : undefined;
}

/** The lines of `explain` for a convolution by FFT. */
function taken({
  plan,
  sizes,
  good,
  blocks,
  cost,
  rowCost,
  logSize,
  scratch,
  spectra,
}: LayerFftPlan): string[] {
  const { choice, convolution } = plan;
  const { channels, filters, groups } = convolution;
  const times = `${ratio(cost, rowCost)} times the ${milliseconds(rowCost)} of ${choice.algorithm.name}`;
  const { planes, rows, length } = sizes;
  // omits leading axes that a block lacks
  const first = planes > 1 ? 0 : rows > 1 ? 1 : 2;
  const lengths = (list: readonly number[]): string => list.slice(first).join(' x ');
  return [
    `algorithm  fft: estimated at ${milliseconds(cost)}, ${times}, which is used for non-finite numbers`,
    `blocks     ${lengths(blocks)} a map, of ${lengths([planes, rows, length])} numbers with ${lengths(good)} outputs`,
    `transforms ${channels} there, ${filters} back for each of ${groups} group${groups === 1 ? '' : 's'} of a block`,
    `error      at most 2^-24 x ${Number(logSize.toPrecision(3))} x the sum over channels of |inputs of a block| |kernel|`,
    `memory     ${megabytes(scratch)} scratch, ${megabytes(spectra)} spectra of weights`,
  ];
}

const megabytes = (bytes: number): string => `${Number((bytes / 1e6).toPrecision(3))} MB`;
