// layersUseFft: lets the library's layers compute long kernels through spectra.

import { describe } from '../core/errors.js';
import { alternative, type Provider } from '../run/alternative.js';
import { type LayerFftPlan, layerFftPlan, milliseconds, ratio } from './layer-fft-plan.js';
import { LayerFft } from './layer-fft-run.js';

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
 * Lets layers and functionals compute their convolutions through spectra, wherever that is estimated to be faster than what they do
 * otherwise: kernels of hundreds of taps with a stride of 1, of any groups, channels, dilation and padding mode. Importing does not:
 * nothing changes before this is called. It holds for all layers, those that exist already too; `explain` of a layer says what is
 * taken and why, and with a row that was asked for by `algorithm` or found by `tune` it is that row.
 *
 * With u = 2^-24, N the numbers of a block in all channels of a group, x a channel's inputs of the block and w its kernel:
 * |error| <= u log2 N Σ ‖x‖₂ ‖w‖₂, summed over channels. Integers come out exact where that is below 1/4. Weights that are not finite, and calls with results that are not, are computed as without this.
 *
 * @param use false: no more. Spectra that are kept are given back when a layer is called, or disposed of
 * @throws TypeError if `use` is no boolean
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
  if (typeof use !== 'boolean')
    throw new TypeError(`layersUseFft: use must be a boolean, but got ${describe(use)}`);
  alternative.provider = use ? fft : undefined;
}

/** What `explain` says where spectra are taken. */
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
  // without the axes in front that a block lacks
  const first = planes > 1 ? 0 : rows > 1 ? 1 : 2;
  const lengths = (list: readonly number[]): string => list.slice(first).join(' x ');
  return [
    `algorithm  fft: estimated at ${milliseconds(cost)}, ${times}, which computes where numbers are not finite`,
    `blocks     ${lengths(blocks)} a map, of ${lengths([planes, rows, length])} numbers with ${lengths(good)} outputs`,
    `transforms ${channels} there, ${filters} back for each of ${groups} group${groups === 1 ? '' : 's'} of a block`,
    `error      at most 2^-24 x ${Number(logSize.toPrecision(3))} x the sum over channels of |inputs of a block| |kernel|`,
    `memory     ${megabytes(scratch)} scratch, ${megabytes(spectra)} spectra of weights`,
  ];
}

const megabytes = (bytes: number): string => `${Number((bytes / 1e6).toPrecision(3))} MB`;
