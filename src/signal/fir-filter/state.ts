// Coefficients and states of a FIR filter, by channel.

import { whole } from '../../core/arguments.js';
import { describe, refuse, type Where } from '../../core/errors.js';
import {
  asSamples,
  type Dtype,
  type NumberArray,
  numbersOf,
  type Samples,
  type SamplesLike,
} from '../../sums/samples.js';
import { sums } from '../../sums/sums.js';

/** The number of channels: as requested, or the number of rows of coefficients. */
export function channelsOf(shape: readonly number[], asked: unknown, where: Where): number {
  if (shape.length < 1 || shape.length > 2 || shape.includes(0))
    refuse(where, `b must have shape [taps] or [channels, taps], none 0, but got ${describe(shape)}`);
  const rows = shape.length === 2 ? shape[0] : undefined;
  const channels = whole(asked ?? rows ?? 1, 'channels', where);
  if (channels < 1) refuse(where, `channels must be 1 or more, but got ${channels}`);
  if (rows !== undefined && rows !== channels)
    refuse(where, `b has ${rows} rows, but channels is ${channels}`);
  return channels;
}

/** The coefficients of a channel, which may be shared by all channels. */
export function kernelOf({ data, shape }: Samples, channel: number): NumberArray {
  if (shape.length === 1) return data;
  return data.subarray(channel * shape[1], (channel + 1) * shape[1]);
}

/** What the last samples (taps − 1, including the delay) contribute to the same number of future outputs. */
export function tailOf(
  last: NumberArray,
  taps: NumberArray,
  delay: number,
  dtype: Dtype,
  where: Where,
): NumberArray {
  const { length } = last;
  if (length === 0) return last;
  const signal = { data: last, shape: [length] };
  const kernel = { data: taps, shape: [taps.length] };
  const sum = { first: length - delay, count: length, direction: -1 } as const;
  return sums({ signal, kernel }, { axes: [sum], border: 'nothing', method: 'auto', dtype, where }).data;
}

/**
 * A state passed by the caller, for each channel.
 * @throws RangeError unless its shape is [length] or [channels, length]
 */
export function givenState(
  zi: SamplesLike,
  length: number,
  channels: number,
  dtype: Dtype,
  where: Where,
): NumberArray {
  const { data, shape } = asSamples(zi, dtype, 'zi', where);
  const rows = shape.length === 2 ? shape[0] : 1;
  const fits = (shape.length === 1 || shape.length === 2) && shape[shape.length - 1] === length;
  if (!fits || (rows !== 1 && rows !== channels)) {
    const wanted = channels === 1 ? [length] : [channels, length];
    refuse(where, `unexpected shape for zi: expected ${describe(wanted)}, found ${describe(shape)}`);
  }
  const state = numbersOf(length * channels, dtype);
  for (let channel = 0; channel < channels; channel++)
    state.set(rows === 1 ? data : data.subarray(channel * length, (channel + 1) * length), channel * length);
  return state;
}
