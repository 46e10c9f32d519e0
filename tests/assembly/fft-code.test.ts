// Counts what the inner loops of the transforms do, in the text of the built module, as machine-code.test.ts does for the
// micro-kernels. A loop that is changed on purpose gets its new numbers here.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { type Loop, loopsOf } from './loops.js';

/** What a loop does, of float32 and of float64 alike. */
interface Work {
  loads: number;
  products: number;
  sums: number;
  shuffles: number;
  stores: number;
}

const work = (loads: number, products: number, sums: number, stores: number, shuffles = 0): Work => ({
  loads,
  products,
  sums,
  shuffles,
  stores,
});

// a butterfly of four: eight vectors, three of them times factors, which the loops of one node hold. Two sums wait in memory
const four = work(10, 12, 22, 10);
const three = work(6, 12, 16, 6);
const two = work(4, 4, 6, 4);

/** Name → the innermost loops, in order. */
const ofBoth: Record<string, Work[]> = {
  'tree/levelDown': [four],
  'tree/levelUp': [four],
  // the lowest levels read the factors of each node; a product reads no node, but three complex vectors for two
  'tree/halves': [work(18, 16, 24, 16)],
  'tree/productOf2': [work(10, 12, 12, 4)],
  'columns/level4': [four, four],
  'columns/level2': [two, two],
  'butterfly/all3': [three, three],
};

const ofOne: Record<string, Work[]> = {
  'ends32/first32': [work(8, 10, 22, 8, 16)],
  'ends32/last32': [work(8, 10, 22, 8, 16)],
  'ends64/first64': [work(4, 2, 6, 4, 4)],
  'ends64/last64': [work(4, 2, 6, 4, 4)],
};

/** What a loop does; nothing but that. */
function workOf({ counts }: Loop): Work {
  const found = work(0, 0, 0, 0);
  for (const [instruction, count] of Object.entries(counts)) {
    if (instruction === 'v128.load') found.loads += count;
    else if (instruction === 'v128.store') found.stores += count;
    else if (instruction === 'i8x16.shuffle') found.shuffles += count;
    else if (/^f\d+x\d\.mul$/.test(instruction)) found.products += count;
    else if (/^f\d+x\d\.(add|sub)$/.test(instruction)) found.sums += count;
    else assert.fail(`${count} ${instruction} in the loop`);
  }
  return found;
}

describe('the inner loops of transforms:', () => {
  const text = readFileSync('build/signal.wat', 'utf8');
  const all = Object.entries(ofBoth).flatMap(([name, loops]) =>
    ['f32', 'f64'].map((type) => [`${name}<${type}>`, loops] as const),
  );
  for (const [name, wanted] of [...all, ...Object.entries(ofOne)])
    it(name, () => assert.deepEqual(loopsOf(text, `fft/${name}`).map(workOf), wanted));
});
