// The page that the slices are shown on: drawn as SVG, rendered to PNG.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { initWasm, Resvg } from '@resvg/resvg-wasm';
import { encodePicture } from './picture.js';
import type { Slice } from './slices.js';

export interface Page {
  readonly title: string;
  readonly subtitle: string;
  readonly legend: readonly { colour: string; text: string }[];
  readonly footer: string;
  /** Pictures side by side, row under row. */
  readonly rows: readonly (readonly Slice[])[];
}

const width = 1200;
const border = 32;
const gap = 12;
const highest = 900; // of a row

let ready: Promise<void> | undefined;

/** Renders a page to the bytes of a PNG file. */
export async function renderPage(page: Page): Promise<Uint8Array> {
  const require = createRequire(import.meta.url);
  const bytes = (file: string) => readFileSync(require.resolve(file));
  await (ready ??= initWasm(bytes('@resvg/resvg-wasm/index_bg.wasm')));
  const fontBuffers = [400, 600].map((weight) =>
    bytes(`@fontsource/inter/files/inter-latin-${weight}-normal.woff2`),
  );
  return new Resvg(svg(page), { font: { fontBuffers, defaultFontFamily: 'Inter' } }).render().asPng();
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
    const scale = Math.min(room / widest, highest / tallest); // pixels a millimetre
    const height = scale * tallest;
    x = border;
    for (const slice of row) {
      parts.push(panel(slice, x, y, scale, height));
      x += scale * slice.millimetres[0] + gap;
    }
    y += height + gap;
  }
  parts.push(text(border, y + 20, footer, 'font-size="13" fill="#8b93a3"'));
  const height = Math.ceil(y + 44);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="Inter" font-size="15" fill="#b9c0cd">
    <rect width="100%" height="100%" fill="#0f1218"/>${parts.join('')}</svg>`;
}

/** One slice in a black field as high as its row, with the patient's sides at its edges. */
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

function text(x: number, y: number, words: string, style = ''): string {
  const escaped = words.replace(/\p{Cc}/gu, ' ').replace(/[<>&]/g, (mark) => `&#${mark.charCodeAt(0)};`);
  return `<text x="${x}" y="${y}" ${style}>${escaped}</text>`;
}
