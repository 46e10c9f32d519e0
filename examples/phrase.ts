// Finds a part of one recording in another, and draws it.

import { matchTemplate, type Peak, peakLocalMax } from 'convnd/match';
import { bandCount, hop } from './bands.js';
import { across, area, axisBelow, type Box, colours, ground, heading, label } from './chart.js';
import { encodePicture } from './picture.js';
import { newPicture } from './pixels.js';
import { document, text } from './svg.js';

type Bands = { readonly data: Float32Array; readonly shape: readonly [number, number] };

/** A segment of a recording, in seconds. */
export interface Piece {
  readonly from: number;
  readonly to: number;
}

interface Heard {
  /** positions of the segment in the other recording, best first: seconds, and the correlation coefficient */
  readonly places: { seconds: number; score: number }[];
  /** the highest score of a position that is not a match */
  readonly elsewhere: number;
  /** the coefficient every 10 ms */
  readonly scores: Float32Array;
}

/** Correlates the bands of the segment with those of the other recording, all bands together. */
export function hear(known: Bands, { from, to }: Piece, other: Bands, least: number): Heard {
  const [first, last] = [from, to].map((seconds) => Math.round(seconds / hop));
  const [, columns] = known.shape;
  if (from >= to || last > columns)
    throw new Error(
      `from ${from} s to ${to} s is no piece of a recording of ${(columns * hop).toFixed(2)} s`,
    );
  if (last - first < 2)
    throw new Error(`from ${from} s to ${to} s is too short: at least ${2 * hop} s are needed`);
  const width = last - first;
  if (width > other.shape[1]) throw new Error('the selected words are longer than the recording to search');
  const rows = Array.from({ length: bandCount }, (_, band) =>
    known.data.subarray(band * columns + first, band * columns + last),
  );
  const piece = Float32Array.from(
    { length: bandCount * width },
    (_, i) => rows[Math.floor(i / width)][i % width],
  );
  const { data: scores } = matchTemplate(
    { data: other.data, shape: [...other.shape] },
    { data: piece, shape: [bandCount, width] },
  );
  // matches are at least half a segment apart
  const peaks = peakLocalMax({ data: scores, shape: [scores.length] }, { minDistance: width >> 1 });
  const places = peaks.map(({ position: [at], score }: Peak) => ({ seconds: at * hop, score }));
  const isHeard = ({ score }: { score: number }) => score >= least;
  const others = places.filter((place) => !isHeard(place));
  return { places: places.filter(isHeard), elsewhere: others[0]?.score ?? 0, scores };
}

const [left, width] = [32, 1136];

/** The bands of both recordings, boxes around the segment and its matches, and the scores. */
export function drawHeard(
  { places, scores }: Heard,
  [known, other]: readonly [Bands, Bands],
  captions: readonly [string, string],
  piece: Piece,
  least: number,
  [title, subtitle]: readonly [string, string],
): string {
  const to = Math.max(known.shape[1], other.shape[1]) * hop;
  const at = (y: number, height: number): Box => ({ x: left, y, width, height, from: 0, to });
  const [above, middle, below] = [at(134, 130), at(326, 130), at(486, 170)];
  const most = [known, other].reduce((high, { data }) => data.reduce((a, b) => Math.max(a, b), high), 0);
  const length = piece.to - piece.from;
  const caption = `font-size="14" fill="${colours.faint}"`;
  const lowest = Math.min(0, least, ...scores);
  const yOf = (score: number) =>
    below.y + below.height - 14 - ((below.height - 56) * (score - lowest)) / (1 - lowest);
  const limit = yOf(least);
  const parts = [
    ...heading(title, subtitle),
    text(left, 122, captions[0], caption),
    text(left, 314, captions[1], caption),
    ground(above),
    spectrogram(known, above, most),
    frame(above, piece, colours.second),
    ground(middle),
    spectrogram(other, middle, most),
    ...places.map(({ seconds }) => frame(middle, { from: seconds, to: seconds + length }, colours.second)),
    ground(below),
    `<line x1="${left}" x2="${left + width}" y1="${limit}" y2="${limit}" stroke="${colours.faint}" stroke-dasharray="4 4"/>`,
    area(scores, { start: 0, step: hop }, below, yOf, colours.third),
    label(left + 14, below.y + 25, 'score of the piece that begins here', colours.third),
    ...places.map(({ seconds, score }) => {
      const [x, y] = [across(below, seconds), yOf(score)];
      const isLate = x > left + width - 160;
      return (
        `<circle cx="${x}" cy="${y}" r="4.5" fill="${colours.bright}"/>` +
        label(
          x + (isLate ? -12 : 12),
          y + 5,
          `${score.toFixed(3)} at ${seconds.toFixed(2)} s`,
          colours.bright,
          isLate ? 'end' : 'start',
        )
      );
    }),
    axisBelow(below, 's'),
  ];
  return document(1200, 700, parts);
}

/** Colours from silent to loud. */
const shades = [0x161b25, 0x1d3a5f, 0x23708a, 0x5fb8a2, 0xf7efc2].map((rgb) => [
  rgb >> 16,
  (rgb >> 8) & 255,
  rgb & 255,
]);

/** Bands as a picture, the highest frequencies at the top. */
function spectrogram({ data, shape: [rows, columns] }: Bands, box: Box, most: number): string {
  const picture = newPicture(columns, rows);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const value = (data[(rows - 1 - row) * columns + column] / most) * (shades.length - 1);
      const step = Math.min(Math.floor(value), shades.length - 2);
      const pixel = shades[step].map((shade, c) => shade + (shades[step + 1][c] - shade) * (value - step));
      picture.data.set([...pixel, 255], 4 * (row * columns + column));
    }
  }
  const bytes = encodePicture(picture).toString('base64');
  const end = across(box, columns * hop);
  return `<image x="${box.x}" y="${box.y}" width="${end - box.x}" height="${box.height}" preserveAspectRatio="none" href="data:image/png;base64,${bytes}"/>`;
}

/** A box around a segment. */
function frame(box: Box, { from, to }: Piece, colour: string): string {
  const [x, end] = [across(box, from), across(box, to)];
  const sides = `x="${x}" y="${box.y - 3}" width="${end - x}" height="${box.height + 6}" rx="5" fill="none"`;
  return (
    `<rect ${sides} stroke="#0f1218" stroke-opacity="0.6" stroke-width="6"/>` +
    `<rect ${sides} stroke="${colour}" stroke-width="2.5"/>`
  );
}
