// Two signals, and what correlation and convolution make of them. Every output is convnd's.

import { convolve, correlate, correlationLags, xcorr } from 'convnd/signal';
import { agrees } from '../../numbers.ts';

export const modes = ['full', 'same', 'valid'] as const;
export type Mode = (typeof modes)[number];

export const kinds = ['correlation', 'convolution'] as const;
export type Kind = (typeof kinds)[number];

export type Values = Float32Array<ArrayBuffer>;

/** A sample of the signal that meets one of the kernel. */
export interface Product {
  readonly position: number;
  readonly tap: number;
  readonly x: number;
  readonly h: number;
}

export class Model {
  readonly outputs: Readonly<Record<Kind, Float32Array>>;
  /** The lag of every step: where the window's first place stands on the signal. */
  readonly lags: Int32Array;
  /** The step whose correlation is highest, and the lag there. */
  readonly peak: { readonly step: number; readonly lag: number; readonly value: number };
  /** The correlation there by MATLAB's `xcorr`, over the norms of both signals: 1 for equal signals. */
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
    const padded = new Float32Array(signal.length); // xcorr normalises signals of one length
    padded.set(kernel);
    const { data, lags } = xcorr(signal, padded, { scale: 'normalized' });
    this.likeness = data[lags.indexOf(this.peak.lag)];
  }

  get steps(): number {
    return this.lags.length;
  }

  /** How far the window may stand outside of the signal. */
  get overhang(): number {
    return this.kernel.length - 1;
  }

  /** Which sample of the kernel stands at a place of the window: a convolution turns it by 180°. */
  tapAt(kind: Kind, place: number): number {
    return kind === 'convolution' ? this.overhang - place : place;
  }

  /** Where on the signal the kernel's sample 0 stands. An output is written under it: a lag, or the index of a convolution. */
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

  /** Whether the products add up to the number that convnd gave. */
  isRight(kind: Kind, step: number): boolean {
    const terms = this.products(kind, step);
    const sum = terms.reduce((total, { x, h }) => total + x * h, 0);
    const mass = terms.reduce((total, { x, h }) => total + Math.abs(x * h), 0);
    const integers = [this.signal, this.kernel].every((values) => values.every(Number.isInteger));
    return agrees(sum, this.outputs[kind][step], integers, terms.length, mass);
  }

  /** The steps that a mode keeps: the first, and how many. */
  range(mode: Mode): { readonly first: number; readonly count: number } {
    const lags = correlationLags(this.signal.length, this.kernel.length, mode);
    return { first: this.lags.indexOf(lags[0]), count: lags.length };
  }
}
