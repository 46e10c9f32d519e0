// One step as an SVG: the field, the kernel, the outputs. Colours are in attributes, so that the text is also a valid
// picture on its own.

import type { Model } from './model.ts';
import type { Palette } from './palette.ts';
import { type Look, type Plane, type Section, sections } from './sections.ts';

/** Units of the drawing: a cell is one hundred wide. */
const CELL = 100;
const PLANE_GAP = 40;
const SECTION_GAP = 130;
const STACK_GAP = 60;
const TITLE = 60;
const LABEL = 40;
const PAD = 20;
/** Pixels per unit: cells are at most 50 pixels wide. */
const LARGEST = 0.5;

/** The maximum size of a picture in pixels. */
export interface Box {
  readonly width: number;
  readonly height: number;
}

const escaped = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');

function cellAt(x: number, y: number, { text, corner, colour, kind, lit }: Look, palette: Palette): string {
  const fill = lit ? 1 : kind === 'number' ? 0.16 : 0;
  const dashes =
    kind === 'zero' ? ' stroke-dasharray="10 8"' : kind === 'outside' ? ' stroke-dasharray="3 9"' : '';
  const edge = kind === 'number' || lit ? colour : palette.line;
  const ink = lit ? palette.ground : kind === 'number' ? palette.ink : palette.soft;
  const size = text.length > 5 ? 22 : text.length > 3 ? 30 : 40;
  const parts = [
    `<rect x="${x + 3}" y="${y + 3}" width="${CELL - 6}" height="${CELL - 6}" rx="8" fill="${colour}" fill-opacity="${fill}" stroke="${edge}" stroke-width="3"${dashes}/>`,
  ];
  if (text)
    parts.push(
      `<text class="value" x="${x + CELL / 2}" y="${y + CELL / 2 + (corner ? 4 : 14)}" font-size="${size}" fill="${ink}" text-anchor="middle"${lit ? ' font-weight="700"' : ''}>${text}</text>`,
    );
  if (corner)
    parts.push(
      `<text x="${x + CELL / 2}" y="${y + 88}" font-size="25" fill="${ink}" text-anchor="middle">${corner}</text>`,
    );
  return parts.join('');
}

interface Placed extends Box {
  readonly planes: readonly { readonly plane: Plane; readonly x: number; readonly y: number }[];
}

/** Planes in rows of at most `across`. Channels and filters begin a row if their planes are slices of a volume. */
function wrap({ title, rows }: Section, across: number): Placed {
  const sliced = rows.some((row) => row.length > 1);
  const list = sliced ? rows : [rows.flat()];
  const planes: { plane: Plane; x: number; y: number }[] = [];
  let [y, width] = [TITLE, title.length * 19];
  for (const row of list) {
    for (let first = 0; first < row.length; first += across) {
      let x = 0;
      const part = row.slice(first, first + across);
      if (part[0].label) y += LABEL;
      for (const plane of part) {
        planes.push({ plane, x, y });
        x += Math.max(plane.width * CELL, plane.label.length * 15) + PLANE_GAP;
      }
      width = Math.max(width, x - PLANE_GAP);
      y += part[0].height * CELL + PLANE_GAP;
    }
  }
  return { planes, width, height: y - PLANE_GAP };
}

interface Layout extends Box {
  readonly parts: readonly { readonly section: Section; readonly placed: Placed; x: number; y: number }[];
}

/** Sections in lines: sections of a line side by side, lines one below the other. */
function arrange(lines: readonly (readonly Section[])[], across: number): Layout {
  const parts: { section: Section; placed: Placed; x: number; y: number }[] = [];
  let [y, width] = [PAD, 0];
  for (const line of lines) {
    let [x, height] = [PAD, 0];
    for (const section of line) {
      const placed = wrap(section, across);
      parts.push({ section, placed, x, y });
      x += placed.width + SECTION_GAP;
      height = Math.max(height, placed.height);
    }
    width = Math.max(width, x - SECTION_GAP + PAD);
    y += height + STACK_GAP;
  }
  return { parts, width, height: y - STACK_GAP + PAD };
}

/** The arrangement with the largest cells; of equal ones the simplest. */
function best([input, kernel, output]: readonly Section[], box: Box): Layout & { readonly scale: number } {
  const most = Math.max(
    ...[input, kernel, output].map(({ rows }) => Math.max(rows.length, ...rows.map((row) => row.length))),
  );
  let chosen: (Layout & { readonly scale: number }) | undefined;
  for (const lines of [
    [[input, kernel, output]],
    [[input], [kernel, output]],
    [[input], [kernel], [output]],
  ]) {
    for (let across = most; across > 0; across--) {
      const layout = arrange(lines, across);
      const scale = Math.min(LARGEST, box.width / layout.width, box.height / layout.height);
      if (!chosen || scale > 1.02 * chosen.scale) chosen = { ...layout, scale };
    }
  }
  return chosen as Layout & { readonly scale: number };
}

function drawPlane(plane: Plane, x: number, y: number, palette: Palette): string {
  const parts: string[] = [];
  if (plane.label)
    parts.push(
      `<text x="${x}" y="${y - 12}" font-size="28" fill="${palette.soft}">${escaped(plane.label)}</text>`,
    );
  for (let i = 0; i < plane.height; i++) {
    for (let j = 0; j < plane.width; j++)
      parts.push(cellAt(x + j * CELL, y + i * CELL, plane.look(i, j), palette));
  }
  if (plane.frame) {
    const [top, left, height, across] = plane.frame.map((value) => value * CELL);
    parts.push(
      `<rect x="${x + left}" y="${y + top}" width="${across}" height="${height}" rx="10" fill="none" stroke="${palette.kernel}" stroke-width="8"/>`,
    );
  }
  return parts.join('');
}

/**
 * The step as the text of an SVG file.
 * @param box the size that the picture must fit into, with cells as large as possible
 */
export function draw(model: Model, step: number, palette: Palette, box: Box): string {
  const { parts, width, height, scale } = best(sections(model, step, palette), box);
  const groups = parts.map(({ section, placed, x, y }) => {
    const title = `<text x="0" y="34" font-size="36" font-weight="600" fill="${palette.ink}">${escaped(section.title)}</text>`;
    const planes = placed.planes.map(({ plane, x, y }) => drawPlane(plane, x, y, palette));
    return `<g transform="translate(${x} ${y})">${title}${planes.join('')}</g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${Math.floor(scale * width)}" height="${Math.floor(scale * height)}" font-family="system-ui, sans-serif"><rect width="${width}" height="${height}" fill="${palette.ground}"/>${groups.join('')}</svg>`;
}
