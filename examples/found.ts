// The positions of a pattern in a picture, and a drawing of them.

import { findMatches, type Peak } from 'convnd/match';
import { colours, heading } from './chart.js';
import { encodePicture } from './picture.js';
import { isGrey, isOpaque, type Picture } from './pixels.js';
import { document, text } from './svg.js';

/** One position of a pattern, in pixels from the upper left corner. */
export interface Place {
  readonly left: number;
  readonly top: number;
  /** the correlation coefficient: 1 for a perfect fit, independent of brightness and contrast */
  readonly score: number;
}

/**
 * The positions where a pattern fits, best first. Transparent pixels of the pattern are ignored. Colours count if both pictures have them.
 * @throws Error if the pattern is larger than the picture, or uniform
 */
export function find(picture: Picture, pattern: Picture, threshold: number, most: number): Place[] {
  if (pattern.width > picture.width || pattern.height > picture.height) {
    throw new Error(
      `the pattern of ${size(pattern)} pixels is larger than the picture of ${size(picture)} pixels`,
    );
  }
  const channels = isGrey(picture) || isGrey(pattern) ? 1 : 3;
  const mask = maskOf(pattern);
  const template = samples(pattern, channels);
  if (isFlat(template.data, channels, mask?.data))
    throw new Error('the pattern has a single colour, so it has no matches');
  const found = findMatches(samples(picture, channels), template, {
    ...(channels === 3 && { channelAxis: -1 }),
    ...(mask && { mask }),
    threshold,
    maxMatches: most,
  });
  return found.map(({ position: [top, left], score }: Peak) => ({ left, top, score }));
}

const size = ({ width, height }: Picture) => `${width} × ${height}`;

/** Pixels as numbers, grey or colour. */
function samples({ width, height, data }: Picture, channels: 1 | 3): { data: Float32Array; shape: number[] } {
  const numbers = new Float32Array(width * height * channels);
  for (let i = 0, at = 0; i < data.length; i += 4) {
    const [red, green, blue] = data.subarray(i, i + 3);
    if (channels === 3) for (const value of [red, green, blue]) numbers[at++] = value;
    // luma (ITU-R BT.601)
    else numbers[at++] = red === green && red === blue ? red : 0.299 * red + 0.587 * green + 0.114 * blue;
  }
  return { data: numbers, shape: channels === 1 ? [height, width] : [height, width, channels] };
}

/** 1 where a pixel is more opaque than transparent; undefined if all are opaque. */
function maskOf(pattern: Picture): { data: Uint8Array; shape: number[] } | undefined {
  if (isOpaque(pattern)) return undefined;
  const { width, height, data } = pattern;
  const mask = Uint8Array.from({ length: width * height }, (_, i) => (data[4 * i + 3] > 127 ? 1 : 0));
  return { data: mask, shape: [height, width] };
}

/** Whether all pixels that are not ignored have the same value. */
function isFlat(numbers: Float32Array, channels: number, mask?: Uint8Array): boolean {
  let first = -1;
  for (let i = 0; i < numbers.length; i++) {
    if (mask && mask[Math.floor(i / channels)] === 0) continue;
    if (first < 0) first = i - (i % channels);
    if (numbers[i] !== numbers[first + (i % channels)]) return false;
  }
  return true;
}

const [left, top, column, gap, bottom] = [32, 112, 200, 28, 32];
const widest = 1200 - 2 * left - column - gap;
const highest = 820;
const inList = 18;

/** The picture with a box around each position, and the pattern and a list next to it. */
export function drawFound(
  picture: Picture,
  pattern: Picture,
  places: readonly Place[],
  title: string,
  subtitle: string,
): string {
  const scale = Math.min(widest / picture.width, highest / picture.height);
  const [width, height] = [picture.width * scale, picture.height * scale];
  const right = left + width + gap;
  const own = Math.min(scale, column / pattern.width, 180 / pattern.height);
  const [ownWidth, ownHeight] = [pattern.width * own, pattern.height * own];
  const parts = [
    ...heading(title, subtitle),
    image(picture, left, top, width, height),
    ...places.map((place, i) => box(place, i, pattern, scale)),
    // all numbers after all boxes, the best last, so that no line crosses them
    ...places.map((place, i) => badge(place, i, scale)).reverse(),
    text(right, top + 14, 'the pattern', `font-size="14" font-weight="600" fill="${colours.faint}"`),
    image(pattern, right, top + 28, ownWidth, ownHeight),
  ];
  let y = top + 28 + ownHeight + 40;
  if (places.length > 0) {
    parts.push(
      text(right, y, 'place', `font-size="14" font-weight="600" fill="${colours.faint}"`),
      text(
        right + column,
        y,
        'score',
        `font-size="14" font-weight="600" fill="${colours.faint}" text-anchor="end"`,
      ),
    );
  }
  for (const [i, { left: x, top: from, score }] of places.slice(0, inList).entries()) {
    y += 26;

    parts.push(
      text(right + 18, y, String(i + 1), `font-weight="600" fill="${shadeOf(i)}" text-anchor="end"`),
      text(right + 34, y, `${x}, ${from}`),
      text(right + column, y, score.toFixed(3), `fill="${colours.bright}" text-anchor="end"`),
    );
  }
  if (places.length > inList) parts.push(text(right + 34, (y += 26), `and ${places.length - inList} more`));
  return document(
    Math.max(760, Math.ceil(right + column + left)),
    Math.ceil(Math.max(top + height, y) + bottom),
    parts,
  );
}

const shadeOf = (rank: number) => (rank === 0 ? colours.second : colours.first);

function box(place: Place, rank: number, pattern: Picture, scale: number): string {
  const [x, y] = [left + place.left * scale, top + place.top * scale];
  const sides = `x="${x}" y="${y}" width="${pattern.width * scale}" height="${pattern.height * scale}" rx="4" fill="none"`;
  // a dark outline, for bright pictures
  return (
    `<rect ${sides} stroke="#0f1218" stroke-opacity="0.55" stroke-width="6"/>` +
    `<rect ${sides} stroke="${shadeOf(rank)}" stroke-width="2.5"/>`
  );
}

function badge(place: Place, rank: number, scale: number): string {
  const [x, y] = [left + place.left * scale, top + place.top * scale];
  const words = String(rank + 1);
  const width = 12 + 9 * words.length;
  const style = 'font-size="14" font-weight="600" fill="#0f1218" text-anchor="middle"';
  return (
    `<rect x="${x}" y="${y}" width="${width}" height="21" rx="4" fill="${shadeOf(rank)}"/>` +
    text(x + width / 2, y + 15.5, words, style)
  );
}

function image(picture: Picture, x: number, y: number, width: number, height: number): string {
  const bytes = encodePicture(picture).toString('base64');
  return `<image x="${x}" y="${y}" width="${width}" height="${height}" preserveAspectRatio="none" href="data:image/png;base64,${bytes}"/>`;
}
