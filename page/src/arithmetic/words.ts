// The texts: the size formula, the sum of a step, the code.

import { agrees, plain, shown } from '../numbers.ts';
import { layerOptions, type Model, type Place, type Term } from './model.ts';
import type { State } from './state.ts';

/** The output size along an axis, in the form of PyTorch's documentation, with the numbers filled in. */
export function sizeFormula(state: State, output: number): string {
  const { input: i, kernel: k, stride: s, padding: p, dilation: d, outputPadding: op } = state;
  return state.transposed
    ? `(input − 1) · stride − 2 · padding + dilation · (kernel − 1) + output padding + 1\n= (${i} − 1) · ${s} − 2 · ${p} + ${d} · (${k} − 1) + ${op} + 1 = ${output}`
    : `⌊(input + 2 · padding − dilation · (kernel − 1) − 1) / stride⌋ + 1\n= ⌊(${i} + 2 · ${p} − ${d} · (${k} − 1) − 1) / ${s}⌋ + 1 = ${output}`;
}

const inBrackets = (value: number): string => (value < 0 ? `(${shown(value)})` : shown(value));
const products = (terms: readonly Term[]): string =>
  terms.map(({ x, w }) => `${inBrackets(x)}·${inBrackets(w)}`).join(' + ');

/** A position by its last axes, as indices in brackets. */
const named = (place: Place, rank: number): string => `[${place.slice(3 - rank).join(', ')}]`;

/** A description of a step, and whether the sum written out equals convnd's number. */
export function stepInWords(model: Model, step: number): { readonly text: string; readonly right: boolean } {
  const { plane, place } = model.at(step);
  const { rank, channels, filters } = model.state;
  const terms = model.terms(step);
  const outputs = model.outputs(step);
  const integers = [model.x, model.weight].every((values) => values.every(Number.isInteger));
  if (model.scatter) {
    const channel = channels > 1 ? `channel ${plane}, ` : '';
    const inside = terms.filter(({ output }) => output.every((o, axis) => o >= 0 && o < model.output[axis]));
    const before = step === 0 ? new Float32Array(outputs.length) : model.outputs(step - 1);
    const sum = (values: Float32Array) => values.reduce((total, value) => total + value, 0);
    const added = inside.reduce((total, { x, w }) => total + x * w, 0);
    const cut = terms.length - inside.length;
    const magnitude = (values: Float32Array) => values.reduce((total, value) => total + Math.abs(value), 0);
    const mass = magnitude(model.x) * magnitude(model.weight);
    return {
      text: `input ${channel}${named(place, rank)} = ${shown(terms[0].x)} times the kernel is added to ${inside.length} outputs${cut ? `; ${cut} fall outside` : ''}`,
      right: agrees(sum(before) + added, sum(outputs), integers, model.weight.length, mass),
    };
  }
  const size = outputs.length / filters;
  const [, height, width] = model.output;
  const value = outputs[plane * size + (place[0] * height + place[1]) * width + place[2]];
  const channel = filters > 1 ? `channel ${plane}, ` : '';
  const total = terms.reduce((sum, { x, w }) => sum + x * w, 0);
  const mass = terms.reduce((sum, { x, w }) => sum + Math.abs(x * w), 0);
  return {
    text: `output ${channel}${named(place, rank)} = ${products(terms)} = ${shown(value)}`,
    right: agrees(total, value, integers, terms.length, mass),
  };
}

/** Nested lists of numbers in torch's order. */
function nested(values: ArrayLike<number>, shape: readonly number[]): string {
  let level = Array.from(values, plain);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const next: string[] = [];
    for (let i = 0; i < level.length; i += shape[axis])
      next.push(`[${level.slice(i, i + shape[axis]).join(', ')}]`);
    level = next;
  }
  return level[0];
}

/** The options that differ from torch's defaults, in the syntax of one language. */
function options(state: State, spell: (name: string, value: unknown) => string): string {
  const defaults: Record<string, unknown> = {
    stride: 1,
    padding: 0,
    dilation: 1,
    groups: 1,
    outputPadding: 0,
    paddingMode: 'zeros',
  };
  return Object.entries(layerOptions(state))
    .filter(([name, value]) => value !== defaults[name])
    .map(([name, value]) => spell(name, value))
    .join(', ');
}

const className = ({ transposed, rank }: State): string => `Conv${transposed ? 'Transpose' : ''}${rank}d`;

export function convndCode({ state, x, weight, inputShape, weightShape }: Model): string {
  const { channels, filters, kernel } = state;
  const written = options(
    state,
    (name, value) => `${name}: ${typeof value === 'string' ? `'${value}'` : value}`,
  );
  return `import { ${className(state)} } from 'convnd';

const conv = new ${className(state)}(${channels}, ${filters}, ${kernel}, { ${written} });
conv.weight = ${nested(weight, weightShape)};
const y = conv.forward(${nested(x, inputShape)});
console.log(y.shape, y.data);`;
}

export function torchCode({ state, x, weight, inputShape, weightShape }: Model): string {
  const { channels, filters, kernel } = state;
  const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const written = options(
    state,
    (name, value) =>
      `${snake(name)}=${typeof value === 'string' ? `'${value}'` : value === false ? 'False' : value}`,
  );
  return `import torch
from torch import nn

conv = nn.${className(state)}(${channels}, ${filters}, ${kernel}, ${written})
conv.weight = nn.Parameter(torch.tensor(${nested(weight, weightShape)}).float())
y = conv(torch.tensor(${nested(x, inputShape)}).float())
print(y.shape, y)`;
}
