// Line: a problem as one line of text, which parses back. Tests, benchmarks and bug reports use it.

import { LARGEST_SIZE } from '../core/arguments.js';
import { FLOAT_BYTES } from '../core/bytes.js';
import { refuse, type Where } from '../core/errors.js';
import { product } from '../core/lists.js';
import { isPaddingMode, type PaddingMode } from '../geometry/padding.js';
import { checkOptions, checkUpsample, type Rank } from './options.js';
import { type Problem, problemOf } from './problem.js';

/**
 * The problem's line: `n1 g1 c64 f64 i56x56 k3x3 p1x1`. A leading T marks a transposed convolution, `u` how often inputs are repeated, `s`
 * stride, `p` padding (`begin:end` where they differ), `d` dilation, `o` output padding; what has its default is left out.
 */
export function formatProblem(p: Problem): string {
  const part = (name: string, sizes: readonly (number | string)[], ordinary: number) =>
    sizes.every((size) => size === ordinary) ? '' : ` ${name}${sizes.join('x')}`;
  const padding = p.paddingBegin.map((begin, axis) =>
    begin === p.paddingEnd[axis] ? begin : `${begin}:${p.paddingEnd[axis]}`,
  );
  return (
    `${p.transposed ? 'T ' : ''}n${p.batch} g${p.groups} c${p.channels} f${p.filters} i${p.input.join('x')} k${p.kernel.join('x')}` +
    part('u', p.upsample, 1) +
    part('s', p.stride, 1) +
    part('p', padding, 0) +
    part('d', p.dilation, 1) +
    part('o', p.outputPadding, 0) +
    (p.paddingMode === 'zeros' ? '' : ` ${p.paddingMode}`)
  );
}

/**
 * Checks that input, output and weight fit arrays.
 * @throws RangeError that names the bytes and the problem line
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
 * Reads a problem's line.
 * @throws RangeError or TypeError if the line is not of that form, or torch would refuse the problem
 */
export function parseProblem(line: string): Problem {
  const where: Where = () => `problem line '${line}'`;
  const fields = new Fields(line, where);
  const { transposed } = fields;
  const input = fields.text('i').split('x').map(Number);
  const rank = input.length;
  if (!isRank(rank)) refuse(where, 'a problem has one to three spatial sizes');
  const padding = fields.sizes('p', rank, '0').map((size) => size.split(':').map(Number));
  const outputPadding = fields.sizes('o', rank, '0').map(Number);
  if (!transposed && outputPadding.some((size) => size !== 0)) {
    refuse(where, 'only a transposed convolution has output padding');
  }
  const upsample = checkUpsample(fields.sizes('u', rank, '1').map(Number), transposed, rank, where);
  const options = checkOptions(
    { transposed, rank, isLayer: true },
    {
      stride: fields.sizes('s', rank, '1').map(Number),
      padding: padding.map(([begin]) => begin),
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
  return problemOf(
    { ...options, paddingEnd: padding.map(([begin, end = begin]) => end) },
    {
      input: [Number(fields.text('n', '1')), channels, ...input],
      weight: transposed ? [channels, filters / groups, ...kernel] : [filters, channels / groups, ...kernel],
      bias: null,
      upsample,
    },
    where,
  );
}

/** Counts are single numbers, sizes are joined by x; paddings may be begin:end. */
const FIELD = /^([ngcf]\d+|[iksudo]\d+(x\d+)*|p-?\d+(:-?\d+)?(x-?\d+(:-?\d+)?)*)$/;

/** The words of a problem's line, each a letter and what follows it. */
class Fields {
  readonly transposed: boolean;
  readonly paddingMode: PaddingMode = 'zeros';
  /** what follows each letter */
  readonly #texts = new Map<string, string>();
  readonly #where: Where;

  constructor(line: string, where: Where) {
    this.#where = where;
    const words = line.trim().split(/\s+/);
    this.transposed = words[0] === 'T';
    if (this.transposed) words.shift();
    for (const word of words) {
      // the mode zeros is left out, as everything that has its default
      if (isPaddingMode(word) && word !== 'zeros') this.paddingMode = word;
      else if (FIELD.test(word) && !this.#texts.has(word[0])) this.#texts.set(word[0], word.slice(1));
      else refuse(where, `'${word}' has no place in a problem line`);
    }
  }

  /** What follows a letter; what has no default must be there. */
  text(name: string, ordinary?: string): string {
    return this.#texts.get(name) ?? ordinary ?? refuse(this.#where, `a problem line needs ${name}`);
  }

  /** One size for each axis, from one or `rank` of them. */
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
