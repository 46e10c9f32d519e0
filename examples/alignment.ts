// The delay between two recordings, and a drawing of the aligned recordings.

import { correlate, correlationLags } from 'convnd/signal';
import {
  across,
  area,
  axisBelow,
  type Box,
  colours,
  grid,
  ground,
  heading,
  label,
  upright,
} from './chart.js';
import { document } from './svg.js';
import type { Recording } from './wav.js';

export interface Alignment {
  /** the second recording's first sample corresponds to this sample of the first one; negative if the second began earlier */
  readonly lag: number;
  /** the correlation at that lag divided by the norms of both: 1 if they are identical */
  readonly coefficient: number;
  /** the highest coefficient more than 5 ms away from that lag */
  readonly elsewhere: number;
  /** all coefficients, and the lag of the first */
  readonly curve: Float64Array;
  readonly firstLag: number;
}

/** The lag at which two recordings with the same sample rate correlate most. */
export function align(first: Recording, second: Recording): Alignment {
  const [one, two] = [first, second].map(({ samples }) => aroundZero(samples));
  const norm = Math.sqrt(energy(one) * energy(two));
  if (norm === 0) throw new Error('a recording is entirely silent, so there is no lag to find');
  const { data: curve } = correlate(one, two, { dtype: 'float64' });
  const lags = correlationLags(one.length, two.length);
  let best = 0;
  for (let i = 0; i < curve.length; i++) {
    curve[i] /= norm;
    if (curve[i] > curve[best]) best = i;
  }
  const near = Math.round(first.rate / 200);
  const others = curve.filter((_, i) => Math.abs(i - best) > near);
  const elsewhere = others.reduce((most, value) => Math.max(most, value), 0);
  return { lag: lags[best], coefficient: curve[best], elsewhere, curve, firstLag: lags[0] };
}

function aroundZero(samples: Float32Array): Float64Array {
  const mean = samples.reduce((sum, value) => sum + value, 0) / samples.length;
  return Float64Array.from(samples, (value) => value - mean);
}

const energy = (samples: Float64Array) => samples.reduce((sum, value) => sum + value * value, 0);

/** The delay of the second recording, in words. */
export function laterInWords({ lag }: Alignment, rate: number, one: string, two: string): string {
  const seconds = `${(Math.abs(lag) / rate).toFixed(3)} s`;
  if (lag === 0) return `${one} and ${two} begin together`;
  return `${two} begins ${seconds} ${lag > 0 ? 'after' : 'before'} ${one}`;
}

const [left, width] = [32, 1136];

/** Both recordings on a common time axis, and the coefficients of all lags. */
export function drawAlignment(
  { lag, coefficient, curve, firstLag }: Alignment,
  recordings: readonly [Recording, Recording],
  names: readonly [string, string],
  subtitle: string,
): string {
  const { rate } = recordings[0];
  const starts = [0, lag / rate];
  const ends = recordings.map(({ samples }, i) => starts[i] + samples.length / rate);
  const time = { x: left, width, from: Math.min(...starts), to: Math.max(...ends) };
  const boxes = [112, 270].map((y): Box => ({ ...time, y, height: 146 }));
  const shades = [colours.first, colours.second];
  const parts = heading(laterInWords({ lag } as Alignment, rate, ...names), subtitle);
  for (const [i, box] of boxes.entries()) {
    const { samples } = recordings[i];
    const most = samples.reduce((high, value) => Math.max(high, Math.abs(value)), 0);
    const yOf = (value: number) => box.y + box.height / 2 - ((box.height / 2 - 12) * value) / most;
    parts.push(
      ground(box),
      grid(box),
      area(samples, { start: starts[i], step: 1 / rate }, box, yOf, shades[i]),
      label(left + 14, box.y + 25, names[i], shades[i]),
    );
    if (starts[i] > time.from)
      parts.push(upright(box, starts[i], shades[i], 'stroke-dasharray="4 4" stroke-width="1.5"'));
  }
  parts.push(axisBelow(boxes[1], 's'));

  const lags: Box = {
    x: left,
    y: 472,
    width,
    height: 190,
    from: firstLag / rate,
    to: (firstLag + curve.length - 1) / rate,
  };
  const [low, high] = [curve.reduce((a, b) => Math.min(a, b)), Math.max(coefficient, 1e-9)];
  const yOf = (value: number) =>
    lags.y + lags.height - 16 - ((lags.height - 70) * (value - low)) / (high - low);
  const peak = { x: across(lags, lag / rate), y: yOf(coefficient) };
  const onTheLeft = peak.x > left + width - 260;
  parts.push(
    ground(lags),
    grid(lags),
    area(curve, { start: firstLag / rate, step: 1 / rate }, lags, yOf, colours.third),
    label(left + 14, lags.y + 25, 'coefficient by lag', colours.third),
    `<circle cx="${peak.x}" cy="${peak.y}" r="4.5" fill="${colours.bright}"/>`,
    label(
      peak.x + (onTheLeft ? -12 : 12),
      peak.y + 5,
      `${coefficient.toFixed(3)} at ${(lag / rate).toFixed(3).replace('-', '−')} s`,
      colours.bright,
      onTheLeft ? 'end' : 'start',
    ),
    axisBelow(lags, 's of lag'),
  );
  return document(1200, 708, parts);
}
