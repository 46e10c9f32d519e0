// Two signals, and their correlation and convolution. Every output is computed by convnd.

import { convolve, correlate, correlationLags, xcorr } from 'convnd/signal';
import { agrees } from '../../numbers.ts';

export const modes = ['full', 'same', 'valid'] as const;
export type Mode = (typeof modes)[number];

export const kinds = ['correlation', 'convolution'] as const;
export type Kind = (typeof kinds)[number];

export type Values = Float32Array<ArrayBuffer>;

/** A sample of the signal that is multiplied by one of the kernel. */
export interface Product {
  readonly position: number;
  readonly tap: number;
  readonly x: number;
  readonly h: number;
}

export class Model {
  readonly outputs: Readonly<Record<Kind, Float32Array>>;
  /** The lag of every step: the position of the window's start on the signal. */
  readonly lags: Int32Array;
  /** The step with the highest correlation, and its lag. */
  readonly peak: { readonly step: number; readonly lag: number; readonly value: number };
  /** The correlation there by MATLAB's `xcorr`, divided by the norms of both signals: 1 for equal signals. */
  readonly likeness: number;

  /** The signal is at least as long as the kernel. */
  constructor(
    readonly signal: Values,
    readonly kernel: Values,
  ) {
    this.outputs = {
      correlation: correlate(signal, kernel).data as Float32Array,
      convolution: convolve(signal, kernel).data as Float32Array,
    };
    this.lags = correlationLags(signal.length, kernel.length);
    const { correlation } = this.outputs;
    const step = correlation.reduce((best, value, i) => (value > correlation[best] ? i : best), 0);
    this.peak = { step, lag: this.lags[step], value: correlation[step] };
    const padded = new Float32Array(signal.length); // xcorr normalises signals of equal length
    padded.set(kernel);
    const { data, lags } = xcorr(signal, padded, { scale: 'normalized' });
    this.likeness = data[lags.indexOf(this.peak.lag)];
  }

  get steps(): number {
    return this.lags.length;
  }

  /** How far the window may extend past the signal. */
  get overhang(): number {
    return this.kernel.length - 1;
  }

  /** The kernel's sample at a position of the window: a convolution reverses it. */
  tapAt(kind: Kind, place: number): number {
    return kind === 'convolution' ? this.overhang - place : place;
  }

  /** The position of the kernel's sample 0 on the signal. An output is written under it: a lag, or the index of a convolution. */
  indexOf(kind: Kind, step: number): number {
    return kind === 'convolution' ? step : this.lags[step];
  }

  products(kind: Kind, step: number): Product[] {
    const found: Product[] = [];
    for (let place = 0; place < this.kernel.length; place++) {
      const position = this.lags[step] + place;
      if (position < 0 || position >= this.signal.length) continue;
      const tap = this.tapAt(kind, place);
      found.push({ position, tap, x: this.signal[position], h: this.kernel[tap] });
    }
    return found;
  }

  /** Whether the products add up to convnd's number. */
  isRight(kind: Kind, step: number): boolean {
    const terms = this.products(kind, step);
    const sum = terms.reduce((total, { x, h }) => total + x * h, 0);
    const mass = terms.reduce((total, { x, h }) => total + Math.abs(x * h), 0);
    const integers = [this.signal, this.kernel].every((values) => values.every(Number.isInteger));
    return agrees(sum, this.outputs[kind][step], integers, terms.length, mass);
  }

  /** The steps that a mode keeps: the first, and the count. */
  range(mode: Mode): { readonly first: number; readonly count: number } {
    const lags = correlationLags(this.signal.length, this.kernel.length, mode);
    return { first: this.lags.indexOf(lags[0]), count: lags.length };
  }
}
