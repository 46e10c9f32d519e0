// One step as an SVG: what the window sees, the kernel, the outputs. Colours stand in the attributes, so that the text is a
// picture on its own too.

import { indexIn, type Model, type Place, places } from './model.ts';
import { shown } from './numbers.ts';
import type { Palette } from './palette.ts';

/** Units of the drawing: a cell is one hundred wide. */
const CELL = 100;
const PLANE_GAP = 40;
const SECTION_GAP = 130;
const TITLE = 90;

interface Look {
  readonly text: string;
  /** small text in the corner: what a lit number is multiplied with */
  readonly corner?: string;
  readonly colour: string;
  readonly kind: 'number' | 'zero' | 'empty' | 'outside';
  readonly lit: boolean;
}

interface Section {
  readonly title: string;
  /** Rows of planes: channels or filters down, slices of the depth across. */
  readonly rows: readonly (readonly Plane[])[];
}

interface Plane {
  readonly height: number;
  readonly width: number;
  readonly label: string;
  readonly look: (row: number, column: number) => Look;
  /** The window: top, left, height, width. */
  readonly frame?: readonly [number, number, number, number];
}

const escaped = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');
const key = (channel: number, place: Place): string => `${channel}/${place.join('/')}`;

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

function sections(model: Model, step: number, palette: Palette): Section[] {
  const { state, axes } = model;
  const { channels, filters } = state;
  const terms = model.terms(step);
  const outputs = model.outputs(step);
  const { plane: current } = model.at(step);
  const lit = new Map(terms.map((term) => [key(term.channel, term.cell), term]));
  const left = model.scatter ? model.input : model.field;

  const frameOf = (channel: number, depth: number): Plane['frame'] => {
    const cells = terms.filter((term) => term.channel === channel && term.cell[0] === depth);
    if (model.scatter || cells.length === 0) return undefined;
    const [ys, xs] = [1, 2].map((axis) => cells.map(({ cell }) => cell[axis]));
    const [top, first] = [Math.min(...ys), Math.min(...xs)];
    return [top, first, Math.max(...ys) - top + 1, Math.max(...xs) - first + 1];
  };

  const slices = (count: number, make: (depth: number) => Omit<Plane, 'label'>, name: string): Plane[] =>
    Array.from({ length: count }, (_, depth) => ({
      label: state.rank === 3 ? `${name}depth ${depth}` : name.replace(/, $/, ''),
      ...make(depth),
    }));

  const inputRows = Array.from({ length: channels }, (_, channel) =>
    slices(
      left[0],
      (depth) => ({
        height: left[1],
        width: left[2],
        frame: frameOf(channel, depth),
        look: (row, column) => {
          const cell: Place = [depth, row, column];
          const term = lit.get(key(channel, cell));
          const kinds = model.scatter ? [] : axes.map((axis, i) => axis.kind(cell[i]));
          const zero = kinds.some((kind) => kind !== 'input');
          const value = model.scatter ? model.inputAt(channel, cell) : model.fieldAt(channel, cell);
          return {
            text: shown(value),
            corner: term && !model.scatter ? `·${shown(term.w)}` : undefined,
            colour: palette.input,
            kind: zero ? 'zero' : 'number',
            lit: term !== undefined,
          };
        },
      }),
      channels > 1 ? `channel ${channel}, ` : '',
    ),
  );

  // the kernels of the current filter, one for each channel of its group; for scatter those of the current channel
  const others = model.scatter ? model.filtersOf(current) : model.channelsOf(current);
  const kernelRows = others.map((other) =>
    slices(
      model.kernel[0],
      (depth) => ({
        height: model.kernel[1],
        width: model.kernel[2],
        look: (row, column) => {
          const [filter, channel] = model.scatter ? [other, current] : [current, other];
          const turned = state.transposed && !model.scatter; // as the window lies on the field
          const [, h, w] = model.kernel;
          const place: Place = turned
            ? [model.kernel[0] - 1 - depth, h - 1 - row, w - 1 - column]
            : [depth, row, column];
          return {
            text: shown(model.weightAt(filter, channel, place)),
            colour: palette.kernel,
            kind: 'number',
            lit: true,
          };
        },
      }),
      channels > 1 || filters > 1
        ? model.scatter
          ? `channel ${current} to ${other}, `
          : `channel ${other} to ${current}, `
        : '',
    ),
  );

  const box = model.output;
  const size = places(box).length;
  const outputLit = new Map<string, number>();
  for (const { filter, output, x, w } of terms) {
    const at = key(filter, output);
    outputLit.set(at, (outputLit.get(at) ?? 0) + x * w);
  }
  // scatter shows what falls outside too
  const margins = axes.map((axis) =>
    model.scatter
      ? [
          Math.max(0, -axis.target(0, 0)),
          Math.max(0, axis.target(axis.input - 1, axis.kernel - 1) - axis.output + 1),
        ]
      : [0, 0],
  );
  const whole = box.map((count, axis) => count + margins[axis][0] + margins[axis][1]);
  const outputRows = Array.from({ length: filters }, (_, filter) =>
    slices(
      whole[0],
      (depth) => ({
        height: whole[1],
        width: whole[2],
        look: (row, column) => {
          const place = [depth, row, column].map((at, axis) => at - margins[axis][0]) as unknown as Place;
          const inside = place.every((at, axis) => at >= 0 && at < box[axis]);
          const term = outputLit.get(key(filter, place));
          const value = inside ? outputs[filter * size + indexIn(box, place)] : Number.NaN;
          return {
            text: Number.isNaN(value) ? '' : shown(value),
            corner: model.scatter && term !== undefined && inside ? `+${shown(term)}` : undefined,
            colour: palette.output,
            kind: !inside ? 'outside' : Number.isNaN(value) ? 'empty' : 'number',
            lit: inside && term !== undefined,
          };
        },
      }),
      filters > 1 ? `channel ${filter}, ` : '',
    ),
  );

  const times = (place: Place) => place.slice(3 - state.rank).join(' × ');
  const around = state.transposed
    ? model.scatter
      ? ''
      : ', zeros around and between'
    : state.padding
      ? `, padding ${state.padding}`
      : '';
  return [
    { title: `Input ${times(model.input)}${around}`, rows: inputRows },
    {
      title: `Kernel ${times(model.kernel)}${state.transposed && !model.scatter ? ', turned' : ''}`,
      rows: kernelRows,
    },
    { title: `Output ${times(model.output)}`, rows: outputRows },
  ];
}

/** A section's drawing with its size. */
function drawSection(
  { title, rows }: Section,
  palette: Palette,
): { width: number; height: number; svg: string } {
  const parts: string[] = [
    `<text x="0" y="34" font-size="36" font-weight="600" fill="${palette.ink}">${escaped(title)}</text>`,
  ];
  let [y, width] = [TITLE - 30, title.length * 19];
  for (const row of rows) {
    const labelled = row[0].label !== '';
    if (labelled) y += 40;
    let x = 0;
    for (const plane of row) {
      if (labelled)
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
      x += Math.max(plane.width * CELL, labelled ? plane.label.length * 15 : 0) + PLANE_GAP;
    }
    width = Math.max(width, x - PLANE_GAP);
    y += row[0].height * CELL + PLANE_GAP;
  }
  return { width, height: y - PLANE_GAP, svg: parts.join('') };
}

/**
 * The step as the text of an SVG file.
 * @param stacked parts under each other instead of side by side, for narrow windows
 */
export function draw(model: Model, step: number, palette: Palette, stacked: boolean): string {
  const drawn = sections(model, step, palette).map((section) => drawSection(section, palette));
  const pad = 20;
  let [x, y, width, height] = [pad, pad, 0, 0];
  const groups = drawn.map((part) => {
    const group = `<g transform="translate(${x} ${y})">${part.svg}</g>`;
    width = Math.max(width, x + part.width + pad);
    height = Math.max(height, y + part.height + pad);
    if (stacked) y += part.height + 60;
    else x += part.width + SECTION_GAP;
    return group;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width / 2}" height="${height / 2}" font-family="system-ui, sans-serif"><rect width="${width}" height="${height}" fill="${palette.ground}"/>${groups.join('')}</svg>`;
}
