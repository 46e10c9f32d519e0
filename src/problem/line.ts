// Line: a problem as one line of text, which parses back. Tests, benchmarks and bug reports use it.

import { refuse, type Where } from '../core/errors.js';
import { elements } from '../core/tensor.js';
import type { PaddingMode } from '../geometry/padding.js';
import { operator, type Rank } from './options.js';
import { type Problem, problemOf } from './problem.js';

/**
 * The problem's line: `n1 g1 c64 f64 i56x56 k3x3 p1x1`. A leading T marks a transposed convolution, `s` stride, `p` padding
 * (`begin:end` where they differ), `d` dilation, `o` output padding; what has its default is left out.
 */
export function formatProblem(p: Problem): string {
  const part = (name: string, sizes: readonly (number | string)[], ordinary: number) =>
    sizes.every((size) => size === ordinary) ? '' : ` ${name}${sizes.join('x')}`;
  const padding = p.paddingBegin.map((begin, axis) =>
    begin === p.paddingEnd[axis] ? begin : `${begin}:${p.paddingEnd[axis]}`,
  );
  return (
    `${p.transposed ? 'T ' : ''}n${p.batch} g${p.groups} c${p.channels} f${p.filters} i${p.input.join('x')} k${p.kernel.join('x')}` +
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
    ['input', problem.batch * problem.channels * elements(problem.input)],
    ['output', problem.batch * problem.filters * elements(problem.output)],
    ['weight', (problem.channels / problem.groups) * problem.filters * elements(problem.kernel)],
  ] as const) {
    if (count > 0x7fffffff) {
      refuse(
        where,
        `the ${name} would take ${count * 4} bytes, more than any array can hold: ${formatProblem(problem)}`,
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
  const words = line.trim().split(/\s+/);
  const transposed = words[0] === 'T';
  if (transposed) words.shift();
  const fields = new Map<string, string>();
  let paddingMode: PaddingMode = 'zeros';
  for (const word of words) {
    if (word === 'reflect' || word === 'replicate' || word === 'circular') paddingMode = word;
    else if (FIELD.test(word) && !fields.has(word.charAt(0))) fields.set(word.charAt(0), word.slice(1));
    else refuse(where, `'${word}' has no place in a problem line`);
  }
  const field = (name: string, ordinary?: string) => {
    const text = fields.get(name) ?? ordinary;
    return text ?? refuse(where, `a problem line needs ${name}`);
  };
  const input = field('i').split('x').map(Number);
  const rank = input.length as Rank;
  if (rank > 3) refuse(where, 'a problem has one to three spatial sizes');
  const spread = (name: string, ordinary?: string): string[] => {
    const sizes = field(name, ordinary).split('x');
    if (sizes.length !== 1 && sizes.length !== rank) refuse(where, `${name} must have 1 or ${rank} sizes`);
    return sizes.length === rank ? sizes : new Array<string>(rank).fill(sizes[0]);
  };
  const padding = spread('p', '0').map((size) => size.split(':').map(Number) as [number, number?]);
  if (!transposed && spread('o', '0').some((size) => size !== '0')) {
    refuse(where, 'only a transposed convolution has output padding');
  }
  const op = operator(
    transposed,
    rank,
    {
      stride: spread('s', '1').map(Number) as unknown as number,
      padding: padding.map(([begin]) => begin) as unknown as number,
      dilation: spread('d', '1').map(Number) as unknown as number,
      groups: Number(field('g', '1')),
      paddingMode,
      ...(transposed ? { outputPadding: spread('o', '0').map(Number) as unknown as number } : {}),
    },
    true,
    where,
  );
  const [channels, filters] = [Number(field('c')), Number(field('f'))];
  for (const [name, count] of [
    ['c', channels],
    ['f', filters],
  ] as const) {
    if (count % op.groups !== 0) refuse(where, `${name}${count} must be divisible by g${op.groups}`);
  }
  const kernel = spread('k', '1').map(Number);
  return problemOf(
    { ...op, paddingEnd: padding.map(([begin, end]) => end ?? begin) },
    {
      input: [Number(field('n', '1')), channels, ...input],
      weight: transposed
        ? [channels, filters / op.groups, ...kernel]
        : [filters, channels / op.groups, ...kernel],
      bias: null,
    },
    where,
  );
}

/** Counts are single numbers, sizes are joined by x; paddings may be begin:end. */
const FIELD = /^([ngcf]\d+|[iksdo]\d+(x\d+)*|p-?\d+(:-?\d+)?(x-?\d+(:-?\d+)?)*)$/;
