// The macro-kernels against the sum they compute, at every edge of a tile, in every order of work.

import { direct } from '../../assembly/direct';
import { gemm } from '../../assembly/gemm';
import { pack } from '../../assembly/pack';
import { PlanRecord } from '../../src/shared/record';
import { below, block, get, integers, put, reals, releaseAll, table } from './memory';
import { divide, kernelsOf } from './tiles';

const IMAGES = 2;
const GROUPS = 2;

/** A plan with operands, nothing computed yet; after the tiles of five rows come tiles of `rest` rows. */
function planOf(
  filters: i32,
  fives: i32,
  rest: i32,
  channels: i32,
  depth: i32,
  height: i32,
  width: i32,
  whole: bool,
): PlanRecord {
  const plan = new PlanRecord();
  plan.groups = GROUPS;
  plan.channels = channels;
  plan.filters = filters;
  const others = (max(0, filters - 5 * fives) + rest - 1) / rest;
  const rows = divide(plan, fives, rest == 4 ? others : 0, rest == 3 ? others : 0, rest == 1 ? others : 0);
  plan.taps = 2;
  plan.terms = 2 * channels;
  plan.termsBlock = max(1, plan.terms);
  plan.depth = depth;
  plan.height = height;
  plan.width = width;

  plan.stagedRow = (width + 2) << 2;
  plan.stagedDepth = plan.stagedRow * (height + 1);
  plan.stagedChannel = plan.stagedDepth * depth + 32;
  const stagedCount = (IMAGES * GROUPS * channels * plan.stagedChannel) >> 2;
  plan.staged = <i32>(whole ? integers(stagedCount) : reals(stagedCount));
  const taps: i32[] = [];
  for (let channel = 0; channel < channels; channel++) {
    for (let tap = 0; tap < 2; tap++)
      taps.push(channel * plan.stagedChannel + below(2) * plan.stagedRow + (below(3) << 2));
  }
  plan.tapTable = <i32>table(taps);

  plan.kernelTable = <i32>table([0, 4]);
  plan.rawGroup = (filters * plan.terms) << 2;
  plan.rowTable = <i32>table(kernelsOf(filters, plan.terms << 2));
  plan.rawChannel = 8;
  plan.raw = <i32>(whole ? integers(GROUPS * filters * plan.terms) : reals(GROUPS * filters * plan.terms));
  plan.weights = <i32>block(GROUPS * rows * plan.terms);
  plan.bias = <i32>integers(GROUPS * rows + 8);
  for (let i = 0; i < 8; i++) put(plan.bias, GROUPS * rows + i, 0);
  plan.targetFilter = (depth * height * width) << 2;
  return plan;
}

/** Packs, and computes into a new target: in one call, or the last items first. */
function compute(plan: PlanRecord, algorithm: string, parts: i32): usize {
  pack(plan, 0, GROUPS * plan.filterTiles);
  const pixels = plan.depth * plan.height * plan.width;
  plan.target = <i32>block(IMAGES * GROUPS * plan.filters * pixels);
  plan.panel = <i32>block(plan.panelTiles * plan.termsBlock * 8);
  plan.edge = <i32>block(40);
  const perMap = algorithm == 'gemm' ? (pixels + 7) / 8 : plan.depth * plan.height;
  const items = IMAGES * GROUPS * perMap;
  for (let part = parts - 1; part >= 0; part--) {
    const begin = (items * part) / parts;
    const end = (items * (part + 1)) / parts;
    if (algorithm == 'gemm') gemm(plan, begin, end);
    else direct(plan, begin, end);
  }
  return <usize>plan.target;
}

/** The outputs that differ from the sum over the operands. */
function errors(plan: PlanRecord): string {
  const pixels = plan.depth * plan.height * plan.width;
  let at = 0;
  for (let map = 0; map < IMAGES * GROUPS; map++) {
    const group = map % GROUPS;
    for (let f = 0; f < plan.filters; f++) {
      for (let pixel = 0; pixel < pixels; pixel++, at++) {
        const line = pixel / plan.width;
        const d = line / plan.height;
        const from =
          plan.staged +
          map * plan.channels * plan.stagedChannel +
          d * plan.stagedDepth +
          (line % plan.height) * plan.stagedRow +
          (pixel % plan.width) * 4;
        const weight = plan.raw + group * plan.rawGroup + load<i32>(plan.rowTable + f * 4);
        let sum = get(plan.bias, group * plan.packedRows + f);
        for (let term = 0; term < plan.terms; term++) {
          sum += get(weight, term) * get(from + load<i32>(plan.tapTable + term * 4), 0);
        }
        if (get(plan.target, at) != sum) {
          return `map ${map}, filter ${f}, pixel ${pixel}: ${get(plan.target, at)}, expected ${sum}`;
        }
      }
    }
  }
  return '';
}

/** One problem with one way to cut the work; says what is wrong, or nothing. */
function run(algorithm: string, plan: PlanRecord, parts: i32): string {
  compute(plan, algorithm, parts);
  let wrong = errors(plan);
  if (!releaseAll()) wrong = 'a store beside a block';
  if (wrong == '') return '';
  return (
    `${algorithm}: ${plan.filters} filters in ${plan.filterTiles} tiles of ${plan.packedRows} rows, ${plan.terms} terms by ${plan.termsBlock}, ` +
    `${plan.depth} x ${plan.height} x ${plan.width} pixels, ${plan.panelTiles} panels, ${plan.tilesTogether} tiles together: ${wrong}`
  );
}

/** Two cuts of the same work give the same bits. */
function sameBits(algorithm: string): bool {
  const plan = planOf(13, 1, 4, 20, 2, 5, 9, false);
  plan.termsBlock = algorithm == 'gemm' ? 7 : plan.terms;
  plan.panelTiles = 3;
  plan.tilesTogether = 2;
  const once = compute(plan, algorithm, 1);
  const pieces = compute(plan, algorithm, 7);
  const same = memory.compare(once, pieces, <usize>(IMAGES * GROUPS * plan.filters * plan.targetFilter)) == 0;
  return releaseAll() && same;
}

describe('gemm', () => {
  it('computes every number of filters and pixels around a tile', () => {
    for (let filters = 1; filters <= 11; filters++) {
      for (let fives = 0; fives <= (filters + 4) / 5; fives++) {
        for (let width = 1; width <= 17; width++) {
          for (let rest = 3; rest <= 4; rest++) {
            const plan = planOf(filters, fives, rest, 2, 1, 1, width, true);
            plan.panelTiles = 2;
            plan.tilesTogether = 1;
            expect(run('gemm', plan, 1)).toBe('');
          }
        }
      }
    }
  });

  it('computes maps of any form in blocks of any size', () => {
    for (let channels = 0; channels <= 4; channels++) {
      for (let termsBlock = 1; termsBlock <= 9; termsBlock += 2) {
        for (let i = 0; i < 20; i++) {
          const plan = planOf(
            1 + below(14),
            below(2),
            3 + below(2),
            channels,
            1 + below(2),
            1 + below(4),
            1 + below(12),
            true,
          );
          plan.termsBlock = termsBlock;
          plan.panelTiles = 1 + below(4);
          plan.tilesTogether = 1 + below(4);
          expect(run('gemm', plan, 1 + below(4))).toBe('');
        }
      }
    }
  });

  it('gives the same bits however the items are split', () => expect(sameBits('gemm')).toBe(true));
});

describe('direct', () => {
  it('computes every mix of filter tiles, and every number of pixels around a tile', () => {
    for (let tiles = 1; tiles <= 3; tiles++) {
      for (let fives = 0; fives <= tiles; fives++) {
        for (let width = 8; width <= 25; width++) {
          for (let rest = 3; rest <= 4; rest++) {
            const filters = 5 * fives + rest * (tiles - fives);
            expect(run('direct', planOf(filters, fives, rest, 2, 1, 1, width, true), 1)).toBe('');
          }
        }
      }
    }
  });

  it('computes filters one by one, in rows of sixteen and more', () => {
    for (let filters = 1; filters <= 3; filters++) {
      for (let width = 16; width <= 40; width++) {
        expect(run('direct', planOf(filters, 0, 1, 2, 2, 2, width, true), 1 + below(3))).toBe('');
      }
    }
  });

  it('computes maps of any form', () => {
    for (let channels = 0; channels <= 4; channels++) {
      for (let i = 0; i < 40; i++) {
        const fives = below(2);
        const rest = 3 + below(2);
        const filters = 5 * fives + rest * (1 + below(2));
        const plan = planOf(filters, fives, rest, channels, 1 + below(2), 1 + below(4), 8 + below(12), true);
        expect(run('direct', plan, 1 + below(4))).toBe('');
      }
    }
  });

  it('gives the same bits however the items are split', () => expect(sameBits('direct')).toBe(true));
});
