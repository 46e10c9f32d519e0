// Parts of charts: grounds, axes, waves and curves in boxes, as pieces of SVG.

import { text } from './svg.js';

/** A place in a drawing, and the range of the horizontal axis there. */
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

/** The ground of a box, with a name in its upper left corner. */
export function ground({ x, y, width, height }: Box, name: string, colour: string = colours.faint): string {
  return [
    `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="6" fill="#161b25"/>`,
    text(x + 14, y + 25, name, `font-size="14" font-weight="600" fill="${colour}"`),
  ].join('');
}

/** Title and subtitle of a drawing. */
export function heading(title: string, subtitle: string): string[] {
  return [
    text(32, 54, title, `font-size="26" font-weight="600" fill="${colours.bright}"`),
    text(32, 82, subtitle),
  ];
}

/** Where a value of the axis lies. */
export function across({ x, width, from, to }: Box, value: number): number {
  return x + (width * (value - from)) / (to - from);
}

/** Round values in a range, ten or fewer. */
export function ticks(from: number, to: number): number[] {
  const rough = (to - from) / 9;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.ceil(from / step - 1e-9);
  const count = Math.floor(to / step + 1e-9) - first + 1;
  // as decimals, so that 3 steps of 0.1 are 0.3
  return Array.from({ length: count }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** Numbers below a box, with what they are behind the last. */
export function axisBelow(box: Box, unit: string): string {
  const marks = ticks(box.from, box.to).map((value) => {
    const x = across(box, value);
    const words = String(value).replace('-', '−');
    return [
      `<line x1="${x}" x2="${x}" y1="${box.y + box.height}" y2="${box.y + box.height + 5}" stroke="${colours.faint}"/>`,
      // the unit has the right end to itself
      x < box.x + box.width - 40
        ? text(x, box.y + box.height + 21, words, 'font-size="13" text-anchor="middle"')
        : '',
    ].join('');
  });
  const end = text(box.x + box.width, box.y + box.height + 21, unit, 'font-size="13" text-anchor="end"');
  return marks.join('') + end;
}

/** Upright lines at the round values of the axis. */
export function grid(box: Box): string {
  return ticks(box.from, box.to)
    .map((value) => upright(box, value, colours.grid))
    .join('');
}

/** An upright line through a box. */
export function upright(box: Box, value: number, colour: string, style = ''): string {
  const x = across(box, value);
  return `<line x1="${x}" x2="${x}" y1="${box.y}" y2="${box.y + box.height}" stroke="${colour}" ${style}/>`;
}

/**
 * The lowest and the highest of a list's values in each column of a box, as an area: a wave or a curve of any length.
 * @param start the axis' value at the first value of the list
 * @param step the axis' values from one to the next
 * @param yOf the height at which a value lies
 */
export function area(
  values: ArrayLike<number>,
  { start, step }: { start: number; step: number },
  box: Box,
  yOf: (value: number) => number,
  colour: string,
): string {
  const top: string[] = [];
  const bottom: string[] = [];
  const perColumn = (box.to - box.from) / box.width / step;
  for (let column = 0; column < box.width; column++) {
    const at = (box.from - start) / step + column * perColumn;
    const first = Math.max(0, Math.floor(at));
    // one value more than the column has, so that columns meet
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
