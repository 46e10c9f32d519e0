// The problem line: formats a problem as a line of text and parses it. Used in tests, benchmarks, messages and bug reports.

import { LARGEST_SIZE } from '../core/arguments.js';
import { FLOAT_BYTES } from '../core/bytes.js';
import { refuse, type Where } from '../core/errors.js';
import { product } from '../core/lists.js';
import { isPaddingMode, type PaddingMode } from '../geometry/padding.js';
import { checkOptions, checkUpsample } from './options.js';
import { checkParameterShapes } from './parameter-shapes.js';
import { plainKind } from './plain.js';
import { type Problem, problemOf } from './problem.js';
import type { Rank } from './sizes.js';
import { transposedKind } from './transposed.js';

/**
 * Formats a problem, for example `n1 g1 c64 f64 i56x56 k3x3 p1x1`: batch, groups, channels, filters, input and kernel sizes. A leading T
 * marks a transposed convolution; `u` is upsampling, `s` stride, `p` padding (`begin:end` if they differ), `d` dilation, `o` output padding.
 * Defaults are omitted.
 */
export function formatProblem(p: Problem): string {
  const part = (name: string, sizes: readonly (number | string)[], ordinary: number) =>
    sizes.every((size) => size === ordinary) ? '' : ` ${name}${sizes.join('x')}`;
  const padding = p.paddingBegin.map((begin, axis) =>
    begin === p.paddingEnd[axis] ? begin : `${begin}:${p.paddingEnd[axis]}`,
  );
  return (
    `${p.kind.transposed ? 'T ' : ''}n${p.batch} g${p.groups} c${p.channels} f${p.filters} i${p.input.join('x')} k${p.kernel.join('x')}` +
    part('u', p.upsample, 1) +
    part('s', p.stride, 1) +
    part('p', padding, 0) +
    part('d', p.dilation, 1) +
    part('o', p.outputPadding, 0) +
    (p.paddingMode === 'zeros' ? '' : ` ${p.paddingMode}`)
  );
}

/**
 * Checks that input, output and weight are not too large for a typed array.
 * @throws RangeError with the size and the problem line
 */
export function checkSize(problem: Problem, where: Where): void {
  for (const [name, count] of [
    ['input', problem.batch * problem.channels * product(problem.input)],
    ['output', problem.batch * problem.filters * product(problem.output)],
    ['weight', (problem.channels / problem.groups) * problem.filters * product(problem.kernel)],
  ] as const) {
    if (count > LARGEST_SIZE) {
      refuse(
        where,
        `the ${name} would take ${FLOAT_BYTES * count} bytes, more than any array can hold: ${formatProblem(problem)}`,
      );
    }
  }
}

/**
 * Parses a problem line.
 * @throws RangeError or TypeError if the line is invalid, or torch would reject the problem
 */
export function parseProblem(line: string): Problem {
  const where: Where = () => `problem line '${line}'`;
  const fields = new Fields(line, where);
  const { transposed } = fields;
  const kind = transposed ? transposedKind : plainKind;
  const input = fields.text('i').split('x').map(Number);
  const rank = input.length;
  if (!isRank(rank)) refuse(where, 'a problem has one to three spatial sizes');
  const padding = fields.sizes('p', rank, '0').map((size) => size.split(':').map(Number));
  const outputPadding = fields.sizes('o', rank, '0').map(Number);
  if (!transposed && outputPadding.some((size) => size !== 0)) {
    refuse(where, 'only a transposed convolution has output padding');
  }
  const upsample = checkUpsample(fields.sizes('u', rank, '1').map(Number), { kind, rank }, where);
  const options = checkOptions(
    { kind, rank, isLayer: true },
    {
      stride: fields.sizes('s', rank, '1').map(Number),
      padding: padding.map(([begin, end = begin]) => [begin, end]),
      dilation: fields.sizes('d', rank, '1').map(Number),
      groups: Number(fields.text('g', '1')),
      paddingMode: fields.paddingMode,
      ...(transposed && { outputPadding }),
    },
    where,
  );
  const { groups } = options;
  const channels = Number(fields.text('c'));
  const filters = Number(fields.text('f'));
  if (channels % groups !== 0) refuse(where, `c${channels} must be divisible by g${groups}`);
  if (filters % groups !== 0) refuse(where, `f${filters} must be divisible by g${groups}`);
  const kernel = fields.sizes('k', rank, '1').map(Number);
  const shapes = {
    input: [Number(fields.text('n', '1')), channels, ...input],
    weight: kind.weightShape(channels, filters, groups, kernel),
  };
  checkParameterShapes(options, { ...shapes, bias: null }, where);
  return problemOf(options, { ...shapes, upsample }, where);
}

/** A field of a problem line: a count, sizes joined by x, or paddings that may be begin:end. */
const FIELD = /^([ngcf]\d+|[iksudo]\d+(x\d+)*|p-?\d+(:-?\d+)?(x-?\d+(:-?\d+)?)*)$/;

/** The fields of a problem line, each a letter and a value. */
class Fields {
  readonly transposed: boolean;
  readonly paddingMode: PaddingMode = 'zeros';
  /** the value of each letter */
  readonly #texts = new Map<string, string>();
  readonly #where: Where;

  constructor(line: string, where: Where) {
    this.#where = where;
    const words = line.trim().split(/\s+/);
    this.transposed = words[0] === 'T';
    if (this.transposed) words.shift();
    for (const word of words) {
      // 'zeros' is the default, which a problem line omits
      if (isPaddingMode(word) && word !== 'zeros') this.paddingMode = word;
      else if (FIELD.test(word) && !this.#texts.has(word[0])) this.#texts.set(word[0], word.slice(1));
      else refuse(where, `'${word}' has no place in a problem line`);
    }
  }

  /** The value of a field; an error if it is missing and has no default. */
  text(name: string, ordinary?: string): string {
    return this.#texts.get(name) ?? ordinary ?? refuse(this.#where, `a problem line needs ${name}`);
  }

  /** One size per axis, from one or `rank` sizes. */
  sizes(name: string, rank: Rank, ordinary: string): string[] {
    const sizes = this.text(name, ordinary).split('x');
    if (sizes.length !== 1 && sizes.length !== rank) {
      refuse(this.#where, `${name} must have 1 or ${rank} sizes`);
    }
    return sizes.length === rank ? sizes : new Array<string>(rank).fill(sizes[0]);
  }
}

function isRank(value: number): value is Rank {
  return value >= 1 && value <= 3;
}
