// The inner loops of the micro-kernels, counted in the text of the built module: a load, a move or a constant more in a
// loop shows here before it shows in a benchmark. A loop that was changed on purpose gets its new numbers.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';

interface Counts {
  mul: number;
  add: number;
  load: number;
  splat: number;
  /** scalar loads: an offset out of a table */
  scalar: number;
  store: number;
  /** copies of vectors from one local to another: none of the arithmetic's own reads and writes */
  shuffle: number;
}

/** The innermost loop of each micro-kernel, by name. */
const expected: Record<string, Partial<Counts>> = {
  correlate5x8: { mul: 10, add: 10, load: 2, splat: 5 },
};

const text = readFileSync('build/convnd.wat', 'utf8');

/** The lines of a function of the module. */
function linesOf(name: string): string[] {
  const begin = text.indexOf(`\n (func $assembly/kernels/${name} `);
  return begin < 0 ? [] : text.slice(begin + 1, text.indexOf('\n )', begin)).split('\n');
}

/** The loops of some lines that have no loop inside. */
function innermostLoops(lines: string[]): string[][] {
  const depth = (line: string) => line.length - line.trimStart().length;
  const loops: string[][] = [];
  lines.forEach((line, at) => {
    if (!/^ *loop\b/.test(line)) return;
    const end = lines.findIndex((other, i) => i > at && depth(other) <= depth(line));
    const body = lines.slice(at + 1, end).map((inner) => inner.trim());
    if (!body.some((inner) => inner.startsWith('loop'))) loops.push(body);
  });
  return loops;
}
for (const m of text.matchAll(/\(func \$assembly\/kernels\/(\S+)/g)) {
  const loops = innermostLoops(linesOf(m[1]));
  for (const l of loops) { const c: Record<string, number> = {}; for (const x of l) { const k = x.split(' ')[0]; c[k] = (c[k] ?? 0) + 1; } console.log(m[1], JSON.stringify(c)); }
}
