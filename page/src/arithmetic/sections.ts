// The contents of a step: the planes of the input, the kernel and the output, and the style of each cell.

import { shown } from '../numbers.ts';
import { indexIn, type Model, type Place, places } from './model.ts';
import type { Palette } from './palette.ts';

export interface Look {
  readonly text: string;
  /** small text in the corner: the factor of a highlighted number */
  readonly corner?: string;
  readonly colour: string;
  readonly kind: 'number' | 'zero' | 'empty' | 'outside';
  readonly lit: boolean;
}

export interface Section {
  readonly title: string;
  /** Rows of planes: a row per channel or filter, a column per slice of the depth. */
  readonly rows: readonly (readonly Plane[])[];
}

export interface Plane {
  readonly height: number;
  readonly width: number;
  readonly label: string;
  readonly look: (row: number, column: number) => Look;
  /** The window: top, left, height, width. */
  readonly frame?: readonly [number, number, number, number];
}

const key = (channel: number, place: Place): string => `${channel}/${place.join('/')}`;

export function sections(model: Model, step: number, palette: Palette): Section[] {
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
          const turned = state.transposed && !model.scatter; // in the orientation in which it slides over the field
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
  // scatter also shows products outside of the output
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
            corner:
              model.scatter && term !== undefined && inside
                ? `${term < 0 ? '' : '+'}${shown(term)}`
                : undefined,
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
      title: `Kernel ${times(model.kernel)}${state.transposed && !model.scatter ? ', flipped' : ''}`,
      rows: kernelRows,
    },
    { title: `Output ${times(model.output)}`, rows: outputRows },
  ];
}
