// One step of a correlation or a convolution as SVG: the kernel over the signal, the products, the outputs so far, and the outputs
// that each mode keeps. Colours are set by CSS classes, so that they follow the theme.

import { shown } from '../../numbers.ts';
import { type Kind, type Mode, type Model, modes } from './model.ts';
import { brief } from './words.ts';

const SIGNAL = { top: 24, height: 84 };
const PRODUCTS = { top: 142, height: 50 };
const OUTPUTS = { top: 218, height: 92 };
const AXIS = OUTPUTS.top + OUTPUTS.height + 16;
const BRACKETS = AXIS + 8;
const BRACKET = 18;
export const HEIGHT = BRACKETS + BRACKET * modes.length;

/** The minimum width of cells with numbers at the bars, and the height of the numbers. */
const ROOM_FOR_NUMBERS = 34;
const NUMBERS = 15;

interface Lane {
  readonly top: number;
  readonly height: number;
}

/** A scale from values to heights, which includes zero, with `spare` pixels at the ends of the bars. */
function scaleOf({ top, height }: Lane, [least, most]: Extent, spare = 0): (value: number) => number {
  const [low, high] = [Math.min(0, least), Math.max(0, most)];
  const [above, below] = [high > 0 ? spare : 0, low < 0 ? spare : 0];
  const span = high - low || 1;
  return (value) => top + above + ((high - value) / span) * (height - above - below);
}

type Extent = readonly [number, number];

const extent = (...lists: readonly ArrayLike<number>[]): Extent => {
  const values = lists.flatMap((list) => Array.from(list));
  return [Math.min(...values), Math.max(...values)];
};
const largest = (values: ArrayLike<number>): number => Math.max(...Array.from(values, Math.abs)) || 1;
const at = (value: number): string => String(Math.round(10 * value) / 10);

const text = (x: number, y: number, words: string, name = '', anchor = 'start') =>
  `<text x="${at(x)}" y="${at(y)}" class="${name}" text-anchor="${anchor}">${words}</text>`;

/** The horizontal positions of samples, including those outside of the signal. */
class Ruler {
  readonly cell: number;
  /** Pixels above and below bars for their numbers. */
  readonly spare: number;

  constructor(
    readonly model: Model,
    readonly width: number,
  ) {
    this.cell = width / (model.signal.length + 2 * model.overhang);
    this.spare = this.cell < ROOM_FOR_NUMBERS ? 0 : NUMBERS;
  }

  /** A value at the end of its bar, if there is space. */
  number(position: number, value: number, y: (value: number) => number): string {
    if (this.spare === 0) return '';
    return text(this.middle(position), value < 0 ? y(value) + 12 : y(value) - 4, shown(value), '', 'middle');
  }

  left(position: number): number {
    return (position + this.model.overhang) * this.cell;
  }

  middle(position: number): number {
    return this.left(position) + this.cell / 2;
  }

  bar(position: number, value: number, y: (value: number) => number, share: number, name: string): string {
    const [from, to] = [y(Math.max(0, value)), y(Math.min(0, value))];
    const x = this.middle(position) - (share * this.cell) / 2;
    return `<rect x="${at(x)}" y="${at(from)}" width="${at(share * this.cell)}" height="${at(Math.max(0.8, to - from))}" class="${name}"/>`;
  }

  zero(y: number): string {
    return `<line x1="0" x2="${at(this.width)}" y1="${at(y)}" y2="${at(y)}" class="zero"/>`;
  }
}

/** Signal and kernel, each as high as the lane, on the same zero line. */
function drawSignals(ruler: Ruler, kind: Kind, step: number): string {
  const { model, cell } = ruler;
  const [tallSignal, tallKernel] = [largest(model.signal), largest(model.kernel)];
  const signal = model.signal.map((value) => value / tallSignal);
  const kernel = model.kernel.map((value) => value / tallKernel);
  const y = scaleOf(SIGNAL, extent(signal, kernel));
  const first = model.lags[step];
  const parts = [ruler.zero(y(0))];
  for (const [i, value] of signal.entries()) {
    const met = i >= first && i <= first + model.overhang;
    parts.push(ruler.bar(i, value, y, 0.8, met ? 'signal met' : 'signal'));
  }
  for (let place = 0; place < kernel.length; place++)
    parts.push(ruler.bar(first + place, kernel[model.tapAt(kind, place)], y, 0.36, 'kernel'));
  parts.push(
    `<rect x="${at(ruler.left(first))}" y="${SIGNAL.top - 5}" width="${at(kernel.length * cell)}" height="${SIGNAL.height + 10}" rx="4" class="window"/>`,
  );
  return parts.join('');
}

function drawProducts(ruler: Ruler, kind: Kind, step: number): string {
  const { model } = ruler;
  const most = largest(model.signal) * largest(model.kernel);
  const signed = extent(model.signal, model.kernel)[0] < 0;
  const y = scaleOf(PRODUCTS, [signed ? -most : 0, most], ruler.spare);
  const bars = model.products(kind, step).map(({ position, x, h }) => {
    const value = x * h;
    const name = value < 0 ? 'product minus' : 'product';
    return ruler.bar(position, value, y, 0.8, name) + ruler.number(position, value, y);
  });
  return ruler.zero(y(0)) + bars.join('');
}

/** The outputs up to this step, each under the position of the kernel's sample 0. */
function drawOutputs(ruler: Ruler, kind: Kind, step: number, mode: Mode): string {
  const { model } = ruler;
  // one scale for both kinds, so that they can be compared
  const y = scaleOf(OUTPUTS, extent(model.outputs.correlation, model.outputs.convolution), ruler.spare);
  const { first, count } = model.range(mode);
  const parts = [ruler.zero(y(0))];
  for (const [i, value] of model.outputs[kind].entries()) {
    const cut = i < first || i >= first + count ? ' cut' : '';
    const name = i === step ? 'now' : i < step ? 'done' : 'ahead';
    const index = model.indexOf(kind, i);
    parts.push(ruler.bar(index, value, y, 0.8, `output ${name}${cut}`));
    if (i <= step) parts.push(ruler.number(index, value, y));
  }
  if (kind === 'correlation' && step >= model.peak.step) {
    const top = y(model.peak.value) - 4 - ruler.spare;
    parts.push(`<path d="M ${at(ruler.middle(model.peak.lag))} ${at(top)} l -5 -8 h 10 z" class="peak"/>`);
  }
  return parts.join('');
}

/** The axis of lags, or of indices, with round numbers and the step's own. */
function drawAxis(ruler: Ruler, kind: Kind, step: number): string {
  const { model, cell, width } = ruler;
  const [first, last] = [0, model.steps - 1].map((i) => model.indexOf(kind, i));
  const apart = [1, 2, 5, 10, 20, 50].find((size) => size * cell >= 44) ?? 100;
  const now = model.indexOf(kind, step);
  const within = (x: number, half: number) => Math.min(width - half, Math.max(half, x));
  const parts: string[] = [];
  for (let i = Math.ceil(first / apart) * apart; i <= last; i += apart)
    if (Math.abs(i - now) * cell > 40)
      parts.push(text(within(ruler.middle(i), 9), AXIS, shown(i), '', 'middle'));
  const words = kind === 'correlation' ? `lag ${shown(now)}` : `n = ${now}`;
  parts.push(text(within(ruler.middle(now), 22), AXIS, words, 'here', 'middle'));
  return parts.join('');
}

/** The range that each mode keeps, as brackets; the chosen one is bold. */
function drawBrackets(ruler: Ruler, kind: Kind, chosen: Mode): string {
  const { model } = ruler;
  return modes
    .map((mode, row) => {
      const { first, count } = model.range(mode);
      const y = BRACKETS + BRACKET * row + 8;
      const [x1, x2] = [
        ruler.left(model.indexOf(kind, first)),
        ruler.left(model.indexOf(kind, first + count - 1) + 1),
      ];
      const name = mode === chosen ? 'bracket chosen' : 'bracket';
      const path = `<path d="M ${at(x1 + 1)} ${y - 5} v 5 H ${at(x2 - 1)} v -5" class="${name}"/>`;
      return path + text((x1 + x2) / 2, y + 4, `${mode}, ${count}`, `${name} label`, 'middle');
    })
    .join('');
}

/** @param width in pixels of the page */
export function draw(model: Model, kind: Kind, step: number, mode: Mode, width: number): string {
  const ruler = new Ruler(model, width);
  const x = ruler.middle(model.indexOf(kind, step));
  const sum = brief(model.outputs[kind][step]);
  return [
    `<svg viewBox="0 0 ${width} ${HEIGHT}" width="${width}" height="${HEIGHT}" aria-hidden="true">`,
    `<line x1="${at(x)}" x2="${at(x)}" y1="${SIGNAL.top - 5}" y2="${AXIS - 14}" class="plumb"/>`,
    text(0, 12, kind === 'correlation' ? 'signal and kernel' : 'signal and reversed kernel'),
    drawSignals(ruler, kind, step),
    text(0, PRODUCTS.top - 8, 'products'),
    text(width, PRODUCTS.top - 8, `sum ${sum}`, 'sum', 'end'),
    drawProducts(ruler, kind, step),
    text(0, OUTPUTS.top - 8, 'sums so far'),
    drawOutputs(ruler, kind, step, mode),
    drawAxis(ruler, kind, step),
    drawBrackets(ruler, kind, mode),
    '</svg>',
  ].join('');
}
