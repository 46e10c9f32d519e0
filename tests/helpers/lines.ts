// A problem as one line and back, in the grammar that `explain` prints; written anew, not taken from src.

import type { PaddingMode, Problem } from '../reference/reference.js';

/** The problem's line: `T n1 g1 c4 f6 i5x5 k3x3 s2x2 p1x1`. */
export function problemLine(p: Problem): string {
  const sizes = (letter: string, values: number[], usual: number): string =>
    values.every((value) => value === usual) ? '' : ` ${letter}${values.join('x')}`;
  const padding = p.padding.map(([begin, end]) => (begin === end ? `${begin}` : `${begin}:${end}`));
  return [
    p.transposed ? 'T ' : '',
    `n${p.batch} g${p.groups} c${p.channels} f${p.filters} i${p.input.join('x')} k${p.kernel.join('x')}`,
    sizes('s', p.stride, 1),
    padding.every((value) => value === '0') ? '' : ` p${padding.join('x')}`,
    sizes('d', p.dilation, 1),
    sizes('o', p.outputPadding, 0),
    p.mode === 'zeros' ? '' : ` ${p.mode}`,
  ].join('');
}

/** The problem of a line. */
export function parseLine(line: string): Problem {
  const words = line.split(' ');
  const text = (letter: string): string | undefined =>
    words.find((word) => word[0] === letter && /^[-\d]/.test(word.slice(1)))?.slice(1);
  const one = (letter: string): number => Number(text(letter) ?? 1);
  const input = text('i')!.split('x').map(Number);
  const each = (letter: string, usual: string): string[] =>
    text(letter)?.split('x') ?? input.map(() => usual);
  const numbers = (letter: string, usual: string): number[] => each(letter, usual).map(Number);
  return {
    transposed: words[0] === 'T',
    batch: one('n'),
    groups: one('g'),
    channels: one('c'),
    filters: one('f'),
    input,
    kernel: numbers('k', '1'),
    stride: numbers('s', '1'),
    padding: each('p', '0').map((both) => {
      const [begin, end] = both.split(':').map(Number);
      return [begin, end ?? begin];
    }),
    dilation: numbers('d', '1'),
    outputPadding: numbers('o', '0'),
    mode: (words.find((word) => /^(reflect|replicate|circular)$/.test(word)) ?? 'zeros') as PaddingMode,
  };
}
