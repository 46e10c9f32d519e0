// Loops of a built module: what the innermost ones do besides counting, and how many vectors they hold.

import assert from 'node:assert/strict';

/** What an innermost loop of a function does besides counting, and the most vectors it holds at one time. */
export interface Loop {
  held: number;
  /** vector instructions, loads of a table, calls */
  counts: Record<string, number>;
}

/** The innermost loops of a function of a module's text, in order; a function without any as a whole. */
export function loopsOf(text: string, name: string): Loop[] {
  const lines = linesOf(text, name);
  const vectors = lines.flatMap((line) => /\((?:local|param) (\$\d+) v128\)/.exec(line)?.[1] ?? []);
  return innermostLoops(lines).map((loop) => ({
    held: held(loop, new Set(vectors)),
    counts: counts(loop),
  }));
}

/** The lines of a function of the module, by the name that the compiler gave it. */
function linesOf(text: string, name: string): string[] {
  const begin = text.indexOf(`\n (func $assembly/${name} `);
  assert.ok(begin >= 0, `no function ${name}: inlined, or not exported?`);
  return text.slice(begin + 1, text.indexOf('\n )', begin)).split('\n');
}

/** The loops that have no loop inside, in order; a function without any as a whole. */
function innermostLoops(lines: string[]): string[][] {
  const depth = (line: string) => line.search(/\S/);
  const found: string[][] = [];
  lines.forEach((line, at) => {
    if (!line.trim().startsWith('loop')) return;
    const end = lines.findIndex((other, i) => i > at && depth(other) <= depth(line));
    const body = lines.slice(at + 1, end).map((inner) => inner.trim());
    if (!body.some((inner) => inner.startsWith('loop'))) found.push(body);
  });
  return found.length > 0 ? found : [lines.map((line) => line.trim())];
}

/** How often each instruction that costs something stands in a loop. */
function counts(loop: string[]): Record<string, number> {
  const all: Record<string, number> = {};
  for (const line of loop) {
    const [instruction] = line.split(' ');
    if (/^(v128|[fi]\d+x\d+|call|memory)\b|\.load|\.store/.test(instruction)) {
      all[instruction] = (all[instruction] ?? 0) + 1;
    }
  }
  return all;
}

/** The most vectors that are held in locals at one time, going backwards through the loop: twice, as it is one. */
function held(loop: string[], vectors: Set<string>): number {
  const live = new Set<string>();
  let most = 0;
  for (const line of [...loop, ...loop].reverse()) {
    const [instruction, local] = line.split(' ');
    if (!vectors.has(local)) continue;
    if (instruction === 'local.get') live.add(local);
    else live.delete(local);
    most = Math.max(most, live.size);
  }
  return most;
}
