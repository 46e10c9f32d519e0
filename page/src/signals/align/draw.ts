// Waves and the correlation curve as SVG. Colours are set by CSS classes, so that they follow the theme.

import { shown } from '../../numbers.ts';
import type { Aligned } from '../job.ts';
import { RATE, type Samples } from './sound.ts';

const at = (value: number): string => String(Math.round(100 * value) / 100);

/** An area between two edges, from left to right and back. */
function area(
  most: ArrayLike<number>,
  least: ArrayLike<number>,
  x: (i: number) => number,
  y: (value: number) => number,
): string {
  const edge = (values: ArrayLike<number>) => Array.from(values, (value, i) => `${at(x(i))} ${at(y(value))}`);
  return `M ${edge(most).join(' L ')} L ${edge(least).reverse().join(' L ')} Z`;
}

/** A recording in a box from 0 to `width` and from `top` down. */
export function wave(samples: Samples, width: number, top: number, height: number): string {
  const columns = Math.max(1, Math.min(samples.length, Math.round(width)));
  const most = new Float32Array(columns);
  const least = new Float32Array(columns);
  for (const [i, value] of samples.entries()) {
    const column = Math.floor((i * columns) / samples.length);
    most[column] = Math.max(most[column], value);
    least[column] = Math.min(least[column], value);
  }
  const loudest = Math.max(...most, ...Array.from(least, (value) => -value)) || 1;
  const middle = top + height / 2;
  const y = (value: number) => middle - (value / loudest) * (height / 2 - 1);
  return area(most, least, (i) => ((i + 0.5) / columns) * width, y);
}

export const seconds = (samples: number): number => samples / RATE;

/** Round times with space between them. */
function ticks(from: number, to: number, width: number): number[] {
  const apart =
    [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 60].find((step) => (step * width) / (to - from) >= 60) ?? 120;
  const found: number[] = [];
  for (let i = Math.ceil(from / apart); i * apart <= to; i++) found.push(Number((i * apart).toFixed(3)));
  return found;
}

const words = (x: number, y: number, text: string, name = '') =>
  `<text x="${at(x)}" y="${at(y)}" class="${name}" text-anchor="middle">${text}</text>`;

const AXIS = 18;

/** Scores by lag, with the highest marked. */
export function drawCurve({ curve, lags, lag, score }: Aligned, width: number, height: number): string {
  const [from, to] = lags.map(seconds);
  const low = Math.min(0, ...curve.least);
  const high = Math.max(score, 1e-6);
  const [top, bottom] = [28, height - AXIS];
  const y = (value: number) => bottom - ((value - low) / (high - low)) * (bottom - top);
  const x = (time: number) => ((time - from) / (to - from)) * width;
  const column = (i: number) => ((i + 0.5) / curve.most.length) * width;
  const peak = x(seconds(lag));
  const label = Math.min(width - 70, Math.max(70, peak));
  return [
    `<svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" aria-hidden="true">`,
    `<line x1="0" x2="${width}" y1="${at(y(0))}" y2="${at(y(0))}" class="zero"/>`,
    `<path d="${area(curve.most, curve.least, column, y)}" class="curve"/>`,
    ...ticks(from, to, width)
      .filter((time) => x(time) > 14 && x(time) < width - 14)
      .map((time) => words(x(time), height - 3, `${shown(time)} s`)),
    `<path d="M ${at(peak)} ${top - 2} l -5 -8 h 10 z" class="peak"/>`,
    words(label, 11, `${seconds(lag).toFixed(3).replace('-', '−')} s, ${score.toFixed(3)}`, 'here'),
    '</svg>',
  ].join('');
}

/** The start of each recording on a common axis, in samples, and the end of the axis. */
export interface Placement {
  readonly first: number;
  readonly second: number;
  readonly from: number;
  readonly to: number;
}

export function placementOf(first: Samples, second: Samples, lag: number, linedUp: boolean): Placement {
  return {
    first: 0,
    second: linedUp ? lag : 0,
    from: Math.min(0, lag),
    to: Math.max(first.length, second.length, lag + second.length),
  };
}

/** Both recordings on a common time axis. */
export function drawBoth(
  recordings: readonly [Samples, Samples],
  { first, second, from, to }: Placement,
  width: number,
  height: number,
): string {
  const scale = width / (to - from);
  const lane = (height - AXIS - 8) / 2;
  const lanes = recordings.map((samples, i) => {
    const left = ((i === 0 ? first : second) - from) * scale;
    const path = wave(samples, samples.length * scale, i * (lane + 8), lane);
    return `<path d="${path}" class="${i === 0 ? 'one' : 'two'}" transform="translate(${at(left)} 0)"/>`;
  });
  return [
    `<svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" aria-hidden="true">`,
    ...lanes,
    ...ticks(seconds(from), seconds(to), width)
      .map((time) => [time, (time * RATE - from) * scale])
      .filter(([, x]) => x > 14 && x < width - 14)
      .map(([time, x]) => words(x, height - 3, `${shown(time)} s`)),
    `<line id="playhead" y1="0" y2="${height - AXIS}" class="playhead" visibility="hidden"/>`,
    '</svg>',
  ].join('');
}
