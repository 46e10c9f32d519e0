// explain: describes how a request is computed and estimates the time of both methods. It needs shapes only.

import { asList } from '../core/errors.js';
import { product } from '../core/lists.js';
import { type Asked, estimate } from './choice/choice.js';
import { exchanged } from './choice/exchange.js';
import { outputShape } from './request.js';
import type { Samples } from './samples.js';
import type { SpectralPlan } from './spectral/spectral.js';
import { SOME } from './sums.js';

/** The method, and estimated nanoseconds of both. */
export interface Choice {
  readonly method: 'direct' | 'fft';
  readonly direct: number;
  /** Infinity if FFT is not possible */
  readonly fft: number;
  /** the FFT plan of one of the independent sums */
  readonly plan?: SpectralPlan;
  /** products per output */
  readonly terms: number;
}

/**
 * How `sums` computes a request, as far as shapes tell. Whether a kernel is separable depends on its numbers.
 */
export function choiceOf(asked: Asked, signal: readonly number[], kernel: readonly number[]): Choice {
  // `exchanged` reads sizes only
  const numbers = new Float32Array();
  const samples = (shape: readonly number[]): Samples => ({ data: numbers, shape: [...shape] });
  const where = () => '';
  const other = exchanged({ signal: samples(signal), kernel: samples(kernel) }, { ...asked, where });
  const [longer, shorter] = other ? [kernel, signal] : [signal, kernel];
  const { method, direct, fft, plan } = estimate({ ...asked, ...other?.request }, longer, shorter);
  const isSmall = product(outputShape(asked, signal, kernel)) * product(kernel) < SOME;
  const isFft = method === 'fft' && !(isSmall && asked.method === 'auto');
  // a border may repeat the signal, so each kernel element may contribute
  const most = (axis: number) =>
    asked.border === 'nothing' ? Math.min(signal[axis], kernel[axis]) : kernel[axis];
  const terms = product(asked.axes.map((axis, i) => (axis === 'each' ? 1 : most(i))));
  return { method: isFft ? 'fft' : 'direct', direct, fft, plan, terms };
}

/** Describes how a request is computed. Each input is its label and its shape. */
export function explainSums(
  asked: Asked,
  [label1, signal]: readonly [string, readonly number[]],
  [label2, kernel]: readonly [string, readonly number[]],
): string {
  const choice = choiceOf(asked, signal, kernel);
  const unit = asked.dtype === 'float64' ? '2^-53' : '2^-24';
  const { method, plan, terms } = choice;
  const lines = [
    `output     ${asList(outputShape(asked, signal, kernel))} of ${asked.dtype}`,
    `method     ${method}, ${reasonOf(asked, choice)}`,
  ];
  if (method === 'fft' && plan) {
    const { sizes, good, scratch, bytes, logSize } = plan;
    const points = [sizes.planes, sizes.rows, sizes.length];
    lines.push(
      `transforms ${inEach(points)} numbers for ${inEach(good)} outputs, ${blocksOf(plan)} per input`,
      `memory     ${kilo(scratch)} scratch, ${kilo(bytes - scratch)} cached for the kernel and the tables`,
      `error      at most ${unit} · ${Number(logSize.toPrecision(3))} · ‖${label1}‖ · ‖${label2}‖, the norms of a block and of the kernel`,
    );
  } else
    lines.push(
      `error      at most ${unit} · ${terms + 2} · Σ |${label1}| · |${label2}|, over an output's products`,
    );
  return lines.join('\n');
}

function reasonOf({ method }: Asked, { direct, fft }: Choice): string {
  const estimates = [
    `direct ${milliseconds(direct)} ms`,
    ...(Number.isFinite(fft) ? [`fft ${milliseconds(fft)} ms`] : []),
  ];
  return `${method === 'auto' ? 'estimated' : 'as requested; estimated'} ${estimates.join(', ')}`;
}

function blocksOf({ axes, good }: SpectralPlan): string {
  const blocks = product(axes.map(({ count }, i) => Math.ceil(count / good[i])));
  return `${blocks} block${blocks === 1 ? '' : 's'}`;
}

/** Sizes of planes, rows and row elements, without leading ones. */
function inEach(sizes: readonly number[]): string {
  const first = sizes.findIndex((size) => size > 1);
  return sizes.slice(first < 0 ? 2 : first).join(' x ');
}

/** Nanoseconds to milliseconds, with two digits. */
const milliseconds = (nanoseconds: number): number => Number((nanoseconds / 1e6).toPrecision(2));

const kilo = (bytes: number): string => `${Math.ceil(bytes / 1024)} KiB`;
