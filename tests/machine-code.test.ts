// Counts what the inner loop of each micro-kernel does, in the text of the built module. A load, a constant or a
// call more in a loop shows here before it shows in a benchmark. A loop that is changed on purpose gets its new
// numbers here.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';

/** What an innermost loop of a function does besides counting, and the most vectors it holds at one time. */
interface Loop {
  held: number;
  /** vector instructions, loads of a table, calls */
  counts: Record<string, number>;
}

// x64 has sixteen vector registers. V8 keeps one for itself, and a product on its way to an addition takes one
// more. A loop that holds more than fourteen vectors writes some to the stack and reads them back every time.
const loops: Record<string, Loop[]> = {
  'correlate5x8/correlate5x8': [
    { held: 13, counts: { 'f32x4.mul': 10, 'f32x4.add': 10, 'v128.load': 2, 'v128.load32_splat': 5 } },
  ],
  'correlate5x8/correlate5x8InPlace': [
    {
      held: 13,
      counts: { 'f32x4.mul': 10, 'f32x4.add': 10, 'v128.load': 2, 'v128.load32_splat': 5, 'i32.load': 1 },
    },
  ],
  'correlate4x8/correlate4x8': [
    { held: 11, counts: { 'f32x4.mul': 8, 'f32x4.add': 8, 'v128.load': 2, 'v128.load32_splat': 4 } },
  ],
  'correlate4x8/correlate4x8InPlace': [
    {
      held: 11,
      counts: { 'f32x4.mul': 8, 'f32x4.add': 8, 'v128.load': 2, 'v128.load32_splat': 4, 'i32.load': 1 },
    },
  ],
  'correlate3x8/correlate3x8': [
    { held: 9, counts: { 'f32x4.mul': 6, 'f32x4.add': 6, 'v128.load': 2, 'v128.load32_splat': 3 } },
  ],
  'correlate3x8/correlate3x8InPlace': [
    {
      held: 9,
      counts: { 'f32x4.mul': 6, 'f32x4.add': 6, 'v128.load': 2, 'v128.load32_splat': 3, 'i32.load': 1 },
    },
  ],
  'correlate5x4/correlate5x4': [
    { held: 6, counts: { 'f32x4.mul': 5, 'f32x4.add': 5, 'v128.load': 1, 'v128.load32_splat': 5 } },
  ],
  'correlate4x4/correlate4x4': [
    { held: 5, counts: { 'f32x4.mul': 4, 'f32x4.add': 4, 'v128.load': 1, 'v128.load32_splat': 4 } },
  ],
  'correlate3x4/correlate3x4': [
    { held: 4, counts: { 'f32x4.mul': 3, 'f32x4.add': 3, 'v128.load': 1, 'v128.load32_splat': 3 } },
  ],
  'vectors1x16/vectors1x16': [
    {
      held: 5,
      counts: { 'f32x4.mul': 4, 'f32x4.add': 4, 'v128.load': 4, 'v128.load32_splat': 1, 'i32.load': 1 },
    },
  ],
  'row1x16/row1x16': [
    {
      held: 5,
      counts: { 'f32x4.mul': 4, 'f32x4.add': 4, 'v128.load': 4, 'v128.load32_splat': 1, 'i32.load': 1 },
    },
  ],
  'row1x16k3/row1x16k3': [
    { held: 4, counts: { 'f32x4.mul': 12, 'f32x4.add': 12, 'v128.load': 12, 'v128.store': 4 } },
  ],
  'inside4x8/inside4x8': [
    {
      held: 12,
      counts: {
        'f32x4.mul': 8,
        'f32x4.add': 8,
        'v128.load': 2,
        'v128.load32_splat': 12,
        'i32.load': 2,
        'i32x4.ge_s': 2,
        'i32x4.lt_s': 2,
        'v128.and': 10,
      },
    },
  ],
  // the columns at the edges, which are masked, and those between them
  'columns1x4k3x3/columns1x4k3x3': [
    {
      held: 15,
      counts: {
        'f32x4.mul': 9,
        'f32x4.add': 9,
        'v128.load': 3,
        'v128.load32_splat': 1,
        'i32.load': 1,
        'v128.and': 2,
        'v128.store': 1,
      },
    },
    {
      held: 13,
      counts: {
        'f32x4.mul': 9,
        'f32x4.add': 9,
        'v128.load': 3,
        'v128.load32_splat': 1,
        'i32.load': 1,
        'v128.store': 1,
      },
    },
  ],
  'columns1x4k3x3/columns1x4k3x3s2': [
    {
      held: 15,
      counts: {
        'f32x4.mul': 9,
        'f32x4.add': 9,
        'v128.load': 4,
        'v128.load32_splat': 1,
        'i32.load': 2,
        'v128.load32_zero': 2,
        'v128.and': 4,
        'i8x16.shuffle': 6,
        'v128.store': 1,
      },
    },
    {
      held: 12,
      counts: {
        'f32x4.mul': 9,
        'f32x4.add': 9,
        'v128.load': 4,
        'v128.load32_splat': 1,
        'i32.load': 2,
        'v128.load32_zero': 2,
        'i8x16.shuffle': 6,
        'v128.store': 1,
      },
    },
  ],
  // three ways to read four tiles: vectors of neighbouring columns, tiles that are neighbours themselves, tiles anywhere
  'winograd4x3/input/inputRows4x3': [
    {
      held: 13,
      counts: {
        'f32x4.mul': 10,
        'f32x4.add': 4,
        'f32x4.sub': 8,
        'v128.load': 10,
        'v128.load64_zero': 2,
        'v128.load64_lane': 2,
        'v128.load32_zero': 6,
        'v128.load32_lane': 18,
        'i8x16.shuffle': 10,
        'v128.store': 6,
      },
    },
  ],
  'winograd4x3/input/inputColumns4x3': [
    {
      held: 13,
      counts: { 'f32x4.mul': 10, 'f32x4.add': 4, 'f32x4.sub': 8, 'v128.load': 6, 'v128.store': 6 },
    },
  ],
  'winograd4x3/output/outputColumns4x3': [
    {
      held: 13,
      counts: { 'f32x4.mul': 6, 'f32x4.add': 8, 'f32x4.sub': 2, 'v128.load': 6, 'v128.store': 4 },
    },
  ],
  // and three to write them
  'winograd4x3/output/outputRows4x3': [
    {
      held: 14,
      counts: {
        'f32x4.mul': 7,
        'f32x4.add': 16,
        'f32x4.sub': 2,
        'v128.load': 6,
        'v128.load32_splat': 1,
        'v128.const': 1,
        'i8x16.shuffle': 8,
        'v128.store': 8,
        'v128.store32_lane': 16,
      },
    },
  ],
  'winograd3x2/input/input3x2': [
    {
      held: 14,
      counts: {
        'f32x4.add': 8,
        'f32x4.sub': 24,
        'v128.load': 16,
        'i8x16.shuffle': 32,
        'v128.store': 16,
      },
    },
  ],
  'winograd3x2/output/output3x2': [
    { held: 4, counts: { 'f32x4.add': 3, 'f32x4.sub': 1, 'v128.load': 4, 'v128.store': 3 } },
    {
      held: 6,
      counts: {
        'f32x4.mul': 1,
        'f32x4.add': 9,
        'f32x4.sub': 1,
        'v128.load': 4,
        'v128.const': 1,
        'i8x16.shuffle': 2,
        'v128.store32_lane': 4,
        'v128.store64_lane': 4,
      },
    },
  ],
};

const text = readFileSync('build/convnd.wat', 'utf8');

/** The lines of a function of the module, by the name that the compiler gave it. */
function linesOf(name: string): string[] {
  const begin = text.indexOf(`\n (func $assembly/kernels/${name} `);
  assert.ok(begin >= 0, `no function ${name} in build/convnd.wat: inlined, or not exported?`);
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

describe('the inner loops of', () => {
  for (const [name, wanted] of Object.entries(loops)) {
    it(name.slice(name.lastIndexOf('/') + 1), () => {
      const lines = linesOf(name);
      const vectors = lines.flatMap((line) => /\((?:local|param) (\$\d+) v128\)/.exec(line)?.[1] ?? []);
      const found = innermostLoops(lines).map((loop) => ({
        held: held(loop, new Set(vectors)),
        counts: counts(loop),
      }));
      assert.deepEqual(found, wanted);
    });
  }

  it('all micro-kernels', () => {
    const [, ...functions] = text.split('\n (func $assembly/kernels/');
    const names = functions.map((code) => code.slice(0, code.search(/[ )]/)));
    assert.deepEqual(names.sort(), Object.keys(loops).sort());
  });
});
