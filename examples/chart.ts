// Parts of charts as SVG: backgrounds, axes, waveforms and curves.

import { text } from './svg.js';

/** A rectangle in a drawing, and the range of its horizontal axis. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly from: number;
  readonly to: number;
}

export const colours = {
  first: '#5aa2f2',
  second: '#ffc44d',
  third: '#6fd3ae',
  faint: '#8b93a3',
  grid: '#2a3140',
  bright: '#f2f4f8',
} as const;

const panel = '#161b25';

/** The background of a box. */
export function ground({ x, y, width, height }: Box): string {
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="6" fill="${panel}"/>`;
}

/** A label in a box, with an outline in the background's colour, so that curves do not run into it. */
export function label(x: number, y: number, words: string, colour: string, anchor = 'start'): string {
  const rim = `stroke="${panel}" stroke-width="5" stroke-linejoin="round" paint-order="stroke"`;
  return text(
    x,
    y,
    words,
    `font-size="14" font-weight="600" fill="${colour}" text-anchor="${anchor}" ${rim}`,
  );
}

/** Title and subtitle of a drawing. */
export function heading(title: string, subtitle: string): string[] {
  return [
    text(32, 54, title, `font-size="26" font-weight="600" fill="${colours.bright}"`),
    text(32, 82, subtitle),
  ];
}

/** The position of a value of the axis. */
export function across({ x, width, from, to }: Box, value: number): number {
  return x + (width * (value - from)) / (to - from);
}

/** Round values in a range, at most ten. */
export function ticks(from: number, to: number): number[] {
  const rough = (to - from) / 9;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.ceil(from / step - 1e-9);
  const count = Math.floor(to / step + 1e-9) - first + 1;
  // rounded to decimals, so that 3 steps of 0.1 are 0.3
  return Array.from({ length: count }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** Tick labels below a box, and their unit at the right end. */
export function axisBelow(box: Box, unit: string): string {
  const y = box.y + box.height;
  const right = box.x + box.width;
  const room = 7 * unit.length + 24; // of the unit
  const marks = ticks(box.from, box.to).map((value) => {
    const x = across(box, value);
    const words = String(value).replace('-', '−');
    const mark = `<line x1="${x}" x2="${x}" y1="${y}" y2="${y + 5}" stroke="${colours.faint}"/>`;
    return x < right - room ? mark + text(x, y + 21, words, 'font-size="13" text-anchor="middle"') : mark;
  });
  return marks.join('') + text(right, y + 21, unit, 'font-size="13" text-anchor="end"');
}

/** Vertical grid lines at the round values of the axis, except at the edges of the box. */
export function grid(box: Box): string {
  return ticks(box.from, box.to)
    .filter((value) => Math.min(value - box.from, box.to - value) > 0.01 * (box.to - box.from))
    .map((value) => upright(box, value, colours.grid))
    .join('');
}

/** A vertical line through a box. */
export function upright(box: Box, value: number, colour: string, style = ''): string {
  const x = across(box, value);
  return `<line x1="${x}" x2="${x}" y1="${box.y}" y2="${box.y + box.height}" stroke="${colour}" ${style}/>`;
}

/**
 * Draws a list of values as a line or, if columns have several values, as an area from the minimum to the maximum of each column.
 * @param start the axis' value at the first value of the list
 * @param step the difference between neighbouring values of the axis
 * @param yOf the height of a value
 */
export function area(
  values: ArrayLike<number>,
  { start, step }: { start: number; step: number },
  box: Box,
  yOf: (value: number) => number,
  colour: string,
): string {
  const perColumn = (box.to - box.from) / box.width / step;
  if (perColumn < 1) {
    const points = Array.from(
      values,
      (value, i) => `${across(box, start + i * step).toFixed(1)} ${yOf(value).toFixed(1)}`,
    );
    return `<path d="M${points.join('L')}" fill="none" stroke="${colour}" stroke-width="2" stroke-linejoin="round"/>`;
  }
  const top: string[] = [];
  const bottom: string[] = [];
  for (let column = 0; column < box.width; column++) {
    const at = (box.from - start) / step + column * perColumn;
    const first = Math.max(0, Math.floor(at));
    // one value more than the column has, so that columns touch
    const last = Math.min(values.length - 1, Math.floor(at + perColumn));
    if (last < first) continue;
    let [low, high] = [values[first], values[first]];
    for (let i = first + 1; i <= last; i++) {
      low = Math.min(low, values[i]);
      high = Math.max(high, values[i]);
    }
    const x = box.x + column;
    top.push(`${x} ${(yOf(high) - 0.5).toFixed(1)}`);
    bottom.push(`${x} ${(yOf(low) + 0.5).toFixed(1)}`);
  }
  return `<path d="M${[...top, ...bottom.reverse()].join('L')}Z" fill="${colour}" stroke="${colour}" stroke-width="0.6" stroke-linejoin="round"/>`;
}
