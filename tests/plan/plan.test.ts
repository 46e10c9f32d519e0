// Plans: bytes that are bounded and are what the blocks take.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { aligned, channelStride, PAGE } from '#src/core/bytes.js';
import { most } from '#src/core/lists.js';
import type { Slice } from '#src/geometry/slice.js';
import { algorithms, UnableError } from '#src/plan/choice.js';
import type { Plan } from '#src/plan/plan.js';
import type { AlgorithmName } from '#src/plan/preference.js';
import { Block } from '#src/run/block.js';
import { tableBytes } from '#src/run/table-bytes.js';
import { problems } from '../helpers/draws.js';
import { problemLine } from '../helpers/lines.js';
import { planOfLine } from '../helpers/plans.js';

/** What a block may take, beside a panel and what cache lines and odd strides add. */
const CACHED = 512 << 10;
const BLOCK = 24 << 20;

const plan = (line: string, algorithm?: AlgorithmName) => planOfLine(line, { algorithm });

/** How many classes of outputs a block computes: all that have taps, and one for all that have none. */
function computed(slices: readonly Slice[]): number {
  const all = slices.reduce((classes, { covered }) => classes * covered, 1);
  const withTaps = slices.reduce((classes, { phases }) => classes * phases.length, 1);
  return withTaps + Number(withTaps < all);
}

/** The most that any block takes of each kind of scratch, from its slices. */
function used({ slices, images, convolution, interleaved, variant, mapsAtOnce }: Plan) {
  const [depths, heights, widths] = slices;
  // maps that are copied a few at a time
  const groups = mapsAtOnce > 0 ? mapsAtOnce : images * convolution.groups;
  const maps = groups * convolution.channels;
  const outputs = groups * convolution.filters;
  const most = { loaded: 0, staged: 0, target: 0, parts: 0, plane: 0 };
  for (const d of depths) {
    for (const h of heights) {
      for (const w of widths) {
        const product = (pick: (slice: Slice) => number) => pick(d) * pick(h) * pick(w);
        const copied = [d, h, w].some(({ runs }) => runs !== null);
        const copy = copied ? channelStride(product((slice) => slice.staged)) : 0;
        const part = 4 * outputs * product((slice) => slice.count);
        const block = {
          loaded: 4 * maps * product((slice) => slice.loaded),
          staged: variant.input === 'window' ? maps * copy : 0,
          target: 4 * outputs * product((slice) => slice.stored),
          parts: interleaved && variant.entry !== 'interleave' ? computed([d, h, w]) * aligned(part) : 0,
          plane:
            variant.input === 'stagedLanes'
              ? 16 * product((slice) => slice.staged)
              : variant.input === 'stagedPlane'
                ? copy
                : 0,
        };
        for (const kind of Object.keys(most) as (keyof typeof most)[])
          most[kind] = Math.max(most[kind], block[kind]);
      }
    }
  }
  return most;
}

/** Checks that a plan's bytes are those of its largest block, but for what alignment adds. */
function checkBytes(plan: Plan): void {
  const { bytes, line, convolution, images } = plan;
  const { plane, ...most } = used(plan);
  const spare = {
    loaded: 0,
    staged: 64 * images * convolution.groups * convolution.channels,
    target: 0,
    parts: 0,
  };
  for (const [kind, taken] of Object.entries(most) as [keyof typeof spare, number][]) {
    assert.ok(bytes[kind] >= taken, `${line}: ${kind} takes ${taken}, planned are ${bytes[kind]}`);
    // a plan may count on a block that has the most along every axis, or a phase more than there are outputs
    if (kind !== 'parts') {
      assert.ok(bytes[kind] <= taken + spare[kind], `${line}: ${kind} takes ${taken} of ${bytes[kind]}`);
    }
  }
  const planned = bytes.areas.plane ?? 0;
  assert.ok(planned >= plane && planned <= plane + 128, `${line}: a plane takes ${plane} of ${planned}`);
  const workspace = Object.values(bytes.areas).reduce((sum, area) => sum + aligned(area), 0);
  // ranges that don't overlap, but for loaded inputs that are staged and the target that is written then
  const ranges = [
    ['loaded', 0, bytes.loaded],
    ['staged', bytes.stagedAt, bytes.staged],
    ['target', bytes.targetAt, bytes.target],
    ['parts', bytes.partsAt, bytes.parts],
    ['workspace', bytes.workspaceAt, workspace],
  ] as const;
  for (const [a, aAt, aBytes] of ranges) {
    assert.ok(aAt + aBytes <= bytes.scratch, `${line}: ${a} beyond the scratch`);
    for (const [b, bAt, bBytes] of ranges) {
      if (a === b || aBytes === 0 || bBytes === 0) continue;
      const mayOverlap = bytes.staged > 0 && [a, b].sort().join() === 'loaded,target';
      assert.ok(mayOverlap || aAt + aBytes <= bAt || bAt + bBytes <= aAt, `${line}: ${a} and ${b} overlap`);
    }
  }
}

describe('the bytes of a plan', () => {
  it('are those of its largest block', () => {
    fc.assert(
      fc.property(problems, (p) => {
        for (const { name } of algorithms) {
          try {
            checkBytes(plan(problemLine(p), name));
          } catch (error) {
            if (!(error instanceof UnableError)) throw error;
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('are enough for slices of any length, multiples of 4096 bytes among them', () => {
    for (let length = 15000; length < 17100; length++) checkBytes(plan(`n1 g1 c400 f1 i${length} k3 p1`));
    for (let width = 1; width < 60; width++) {
      for (const padding of ['p1x1', 'p2x2 replicate'])
        checkBytes(plan(`n1 g1 c400 f1 i1001x${width} k3x3 ${padding}`));
    }
  });

  for (const line of [
    ...[1, 2, 4, 8, 16].map((d) => `n1 g1 c5 f5 i256x256x256 k3x3x3 p${d}x${d}x${d} d${d}x${d}x${d}`),
    'n1 g1 c3 f64 i4096x4096 k3x3 p1x1',
    'n1 g1 c64 f3 i4096x4096 k7x7 p3x3 d3x3',
    'n1 g1 c64 f64 i4096x4096 k3x3 s2x2 p1x1',
    'n1 g64 c64 f64 i4096x4096 k3x3 p1x1 reflect',
    'T n1 g1 c64 f3 i2048x2048 k4x4 s2x2 p1x1',
    'T n1 g1 c8 f8 i128x128x128 k4x4x4 s2x2x2 p1x1x1',
    'n1 g1 c1 f1 i10000000 k31 p15',
    'n1 g1 c1 f1 i10000000 k3 s5000',
    'n1 g1 c2 f2 i10000000 k3 p512 d512',
    'T n1 g1 c1 f1 i10000000 k2 s2',
    'n1 g1 c2048 f512 i200x200 k1x1',
    'n64 g1 c64 f64 i56x56 k3x3 p1x1',
    'n1 g1 c4 f4 i64x4000x4000 k3x3x3 p1x1x1 circular',
  ]) {
    it(`are bounded for ${line}`, () => {
      const large = plan(line);
      checkBytes(large);
      const { loaded, staged, target, parts, areas } = large.bytes;
      const total = loaded + staged + target + parts;
      assert.ok(large.blocks > 1, 'a single block');
      assert.ok(total <= BLOCK, `${total} bytes`);
      // blocks for a second-level cache are the smallest
      assert.ok(total > CACHED / 2 || /s5000/.test(line), `only ${total} bytes a block`);
      // panels of products are for the second cache; a transform takes so many tiles that each weight is worth reading
      const { tile, tileStarts, tapSets } = large;
      const terms = most(tapSets.map((set) => set.terms));
      const tileBytes = tile ? 4 * tile.elements * (terms + most(tileStarts) + 2) : 0;
      const panels = (areas.panel ?? 0) + (areas.transformed ?? 0);
      assert.ok(panels <= Math.max(1 << 20, 64 * tileBytes), `${panels} bytes of panels`);
    });
  }
});

describe('blocks for the second-level cache', () => {
  for (const line of [
    'n1 g1 c32 f32 i380x380 k1x1',
    'n1 g1 c64 f64 i268x268 k1x1',
    'n1 g1 c256 f64 i112x112 k1x1',
    'n1 g1 c192 f48 i96x96 k1x1',
  ]) {
    it(`hold no rows a multiple of a page apart: ${line}`, () => {
      const [, , widths] = plan(line).slices;
      assert.ok(widths.length > 1, 'a single block');
      assert.notEqual((4 * widths[0].loaded) % PAGE, 0);
      assert.notEqual((4 * widths[0].stored) % PAGE, 0);
    });
  }

  it('are cut between outputs that share no inputs, as with a stride as large as the kernel', () => {
    // a block of the outputs of a depth reads and stores 1.25 MB
    assert.equal(plan('n1 g1 c16 f32 i128x128x64 k2x2x2 s2x2x2').slices[0].length, 64);
    // with a third tap, neighbours share a third of their inputs
    assert.ok(plan('n1 g1 c16 f32 i128x128x64 k3x2x2 s2x2x2').slices[0].length < 64);
  });
});

describe('the tables of a plan', () => {
  it('fit what is kept for them, in every block', () => {
    fc.assert(
      fc.property(problems, (p) => checkTables(plan(problemLine(p)))),
      { numRuns: 500 },
    );
    for (const line of [
      'n1 g1 c5 f5 i256x256x256 k3x3x3 p4x4x4 d4x4x4',
      'n1 g1 c1 f1 i3000000 k31 p15 reflect',
      'n1 g1 c2 f2 i3000x3000 k3x3 s2x2 p1x1',
      'T n1 g1 c64 f3 i1024x1024 k4x4 s2x2 p1x1',
    ]) {
      checkTables(plan(line));
    }
  });

  function checkTables(plan: Plan): void {
    for (let index = 0; index < plan.blocks; index++) {
      const { words } = new Block(plan, index, {
        tables: 64,
        scratch: 64,
        weights: 64,
        bias: 64,
        input: -1,
        output: -1,
        inputStep: -1,
        outputStep: -1,
      });
      assert.ok(
        4 * words.length <= tableBytes(plan),
        `${plan.line}: ${4 * words.length} of ${tableBytes(plan)}`,
      );
    }
  }
});
