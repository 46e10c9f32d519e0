// Counts what the inner loop of each micro-kernel does, in the text of the built module. A load, a constant or a
// call more in a loop shows here before it shows in a benchmark. A loop that is changed on purpose gets its new
// numbers here.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { type Loop, loopsOf } from './loops.js';

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
  'correlate10x4/correlate10x4': [
    { held: 11, counts: { 'f32x4.mul': 10, 'f32x4.add': 10, 'v128.load': 1, 'v128.load32_splat': 10 } },
  ],
  'correlate20x1/correlate20x1': [
    { held: 9, counts: { 'f32x4.mul': 8, 'f32x4.add': 8, 'v128.load': 4, 'v128.load32_splat': 5 } },
  ],
  'lanes4x7/lanes4x7': [
    { held: 8, counts: { 'f32x4.mul': 7, 'f32x4.add': 7, 'v128.load': 8, 'i32.load': 1 } },
  ],
  // twenty-eight pixels, or sixteen
  'row1x16/row1x16': [
    {
      held: 8,
      counts: { 'f32x4.mul': 7, 'f32x4.add': 7, 'v128.load': 7, 'v128.load32_splat': 1, 'i32.load': 1 },
    },
    {
      held: 5,
      counts: { 'f32x4.mul': 4, 'f32x4.add': 4, 'v128.load': 4, 'v128.load32_splat': 1, 'i32.load': 1 },
    },
  ],
  'row2x16/row2x16': [
    {
      held: 13,
      counts: { 'f32x4.mul': 8, 'f32x4.add': 8, 'v128.load': 4, 'v128.load32_splat': 2, 'i32.load': 1 },
    },
  ],
  'row1x16k3/row1x16k3': [
    { held: 4, counts: { 'f32x4.mul': 12, 'f32x4.add': 12, 'v128.load': 12, 'v128.store': 4 } },
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
      held: 13,
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
        // in branches: an addend for each vector, a clamp or a leaky relu, the most or the slope; and a clamp of outputs that are no neighbours
        'f32x4.mul': 11,
        'f32x4.add': 20,
        'f32x4.sub': 2,
        'f32x4.pmax': 12,
        'f32x4.pmin': 8,
        'v128.load': 10,
        'v128.load32_splat': 4,
        'v128.const': 9,
        'i8x16.shuffle': 8,
        'v128.store': 8,
        'v128.store32_lane': 16,
      },
    },
  ],
  // the same three ways
  'winograd8/input/input8': [
    {
      held: 15,
      counts: {
        'f32x4.mul': 10,
        'f32x4.add': 13,
        'f32x4.sub': 13,
        'v128.load': 16,
        'v128.load32_zero': 8,
        'v128.load32_lane': 24,
        'i8x16.shuffle': 16,
        'v128.store': 8,
      },
    },
  ],
  // three to write them, of which tiles that are not written whole go through memory
  'winograd8/output/output8': [
    {
      held: 17,
      counts: {
        'f32x4.mul': 16,
        'f32x4.add': 35,
        'f32x4.sub': 3,
        'f32x4.pmax': 18,
        'f32x4.pmin': 12,
        'v128.load': 12,
        'v128.load32_splat': 4,
        'v128.load32_zero': 1,
        'v128.load32_lane': 3,
        'v128.load64_zero': 2,
        'v128.load64_lane': 2,
        'v128.const': 13,
        'i8x16.shuffle': 10,
        'v128.store': 22,
        'v128.store32_lane': 28,
        'v128.store64_lane': 4,
        call: 4,
      },
    },
  ],
  'winograd8/output/storeTile': [{ held: 0, counts: { 'f32.load': 1, 'f32.store': 1 } }],
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

describe('the inner loops of', () => {
  for (const [name, wanted] of Object.entries(loops)) {
    it(name.slice(name.lastIndexOf('/') + 1), () => {
      assert.deepEqual(loopsOf(text, `kernels/${name}`), wanted);
    });
  }

  it('all micro-kernels', () => {
    const [, ...functions] = text.split('\n (func $assembly/kernels/');
    const names = functions.map((code) => code.slice(0, code.search(/[ )]/)));
    assert.deepEqual(names.sort(), Object.keys(loops).sort());
  });
});

/** Those of the module of gradients. */
const gradientLoops: Record<string, Loop[]> = {
  'dots2x4/dots2x4': [{ held: 11, counts: { 'v128.load': 6, 'f32x4.mul': 8, 'f32x4.add': 8 } }],
  'dots2x3/dots2x3': [{ held: 10, counts: { 'v128.load': 5, 'f32x4.mul': 6, 'f32x4.add': 6 } }],
  'dots1/dots1x5': [{ held: 6, counts: { 'v128.load': 6, 'f32x4.mul': 5, 'f32x4.add': 5 } }],
  'dots1/dots1x4': [{ held: 5, counts: { 'v128.load': 5, 'f32x4.mul': 4, 'f32x4.add': 4 } }],
  'dots1/dots1x3': [{ held: 4, counts: { 'v128.load': 4, 'f32x4.mul': 3, 'f32x4.add': 3 } }],
};

describe('the inner loops of gradients', () => {
  const gradients = readFileSync('build/train.wat', 'utf8');
  for (const [name, wanted] of Object.entries(gradientLoops)) {
    it(name.slice(name.lastIndexOf('/') + 1), () => {
      assert.deepEqual(loopsOf(gradients, `train/${name}`), wanted);
    });
  }
});
