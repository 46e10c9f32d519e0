// The page with the slices: drawn as SVG, rendered to PNG.

import { encodePicture } from './picture.js';
import type { Slice } from './slices.js';
import { document, render, text } from './svg.js';

export interface Page {
  readonly title: string;
  readonly subtitle: string;
  readonly legend: readonly { colour: string; text: string }[];
  readonly footer: string;
  /** Pictures side by side, in rows. */
  readonly rows: readonly (readonly Slice[])[];
}

const width = 1200;
const border = 32;
const gap = 12;
const highest = 900; // of a row

/** Renders a page to the bytes of a PNG file. */
export function renderPage(page: Page): Promise<Uint8Array> {
  return render(svg(page));
}

function svg({ title, subtitle, legend, footer, rows }: Page): string {
  const parts = [
    text(border, 54, title, 'font-size="26" font-weight="600" fill="#f2f4f8"'),
    text(border, 82, subtitle),
  ];
  let x = border;
  for (const { colour, text: words } of legend) {
    parts.push(
      `<rect x="${x}" y="104" width="14" height="14" rx="3" fill="${colour}"/>`,
      text(x + 22, 116, words),
    );
    x += 44 + 7.6 * words.length;
  }

  let y = 138;
  for (const row of rows) {
    const room = width - 2 * border - (row.length - 1) * gap;
    const tallest = Math.max(...row.map((slice) => slice.millimetres[1]));
    const widest = row.reduce((sum, slice) => sum + slice.millimetres[0], 0);
    const scale = Math.min(room / widest, highest / tallest); // pixels per millimetre
    const height = scale * tallest;
    x = border;
    for (const slice of row) {
      parts.push(panel(slice, x, y, scale, height));
      x += scale * slice.millimetres[0] + gap;
    }
    y += height + gap;
  }
  parts.push(text(border, y + 20, footer, 'font-size="13" fill="#8b93a3"'));
  return document(width, Math.ceil(y + 44), parts);
}

/** One slice in a black field as high as its row, with labels of the patient's sides at its edges. */
function panel(
  { picture, name, sides, millimetres }: Slice,
  x: number,
  y: number,
  scale: number,
  height: number,
): string {
  const [w, h] = millimetres.map((size) => size * scale);
  const [left, right, top, bottom] = sides;
  const middle = y + height / 2 + 5;
  const side = 'font-size="14" font-weight="600" fill="#e8ebf1"';
  return [
    `<rect x="${x}" y="${y}" width="${w}" height="${height}" fill="#000"/>`,
    `<image x="${x}" y="${y + (height - h) / 2}" width="${w}" height="${h}" preserveAspectRatio="none" href="data:image/png;base64,${encodePicture(picture).toString('base64')}"/>`,
    text(x + 12, y + 24, name, 'font-size="14"'),
    text(x + 10, middle, left, side),
    text(x + w - 10, middle, right, `${side} text-anchor="end"`),
    text(x + w / 2, y + 22, top, `${side} text-anchor="middle"`),
    text(x + w / 2, y + height - 10, bottom, `${side} text-anchor="middle"`),
  ].join('');
}
