// Winograd against the direct sum, within what its rounding allows, and its refusal of numbers that are not finite.

import { winograd, winogradPack } from '../../assembly/winograd';
import { PlanRecord } from '../../src/record';
import { below, block, get, integers, put, reals, releaseAll, table } from './memory';

const IMAGES = 2;
const GROUPS = 2;

/** A plan with operands, for kernels of `depthTaps` x 3 x 3. */
function planOf(
  filters: i32,
  fives: i32,
  channels: i32,
  depthTaps: i32,
  depth: i32,
  height: i32,
  width: i32,
): PlanRecord {
  const plan = new PlanRecord();
  plan.images = IMAGES;
  plan.groups = GROUPS;
  plan.channels = channels;
  plan.filters = filters;
  plan.fives = fives;
  plan.fours = (max(0, filters - 5 * fives) + 3) / 4;
  plan.taps = 9 * depthTaps;
  plan.terms = channels * depthTaps;
  plan.termsBlock = max(1, plan.terms);
  plan.panelTiles = 2;
  plan.depth = depth;
  plan.height = height;
  plan.width = width;

  plan.stagedRow = (width + 2) << 2;
  plan.stagedDepth = plan.stagedRow * (height + 2);
  plan.stagedChannel = plan.stagedDepth * (depth + depthTaps - 1) + 32;
  plan.staged = <i32>reals((IMAGES * GROUPS * channels * plan.stagedChannel) >> 2);
  const taps: i32[] = [];
  const elements: i32[] = [];
  for (let channel = 0; channel < channels; channel++) {
    for (let d = 0; d < depthTaps; d++) {
      for (let i = 0; i < 9; i++) {
        taps.push(
          channel * plan.stagedChannel + d * plan.stagedDepth + (i / 3) * plan.stagedRow + (i % 3) * 4,
        );
      }
    }
  }
  // backwards, as a transposed convolution meets its kernel
  for (let i = 0; i < plan.taps; i++) elements.push((plan.taps - 1 - i) * 4);
  plan.tapTable = <i32>table(taps);
  plan.kernelTable = <i32>table(elements);

  plan.rawGroup = (filters * channels * plan.taps) << 2;
  plan.rawFilter = (channels * plan.taps) << 2;
  plan.rawChannel = plan.taps << 2;
  plan.raw = <i32>reals((GROUPS * plan.rawGroup) >> 2);
  const rows = plan.fives * 5 + plan.fours * 4;
  plan.weightsGroup = 36 * 4 * rows * plan.terms;
  plan.weights = <i32>block((GROUPS * plan.weightsGroup) >> 2);
  plan.biasGroup = rows << 2;
  plan.bias = <i32>integers(GROUPS * rows + 8);
  for (let i = 0; i < 8; i++) put(plan.bias, GROUPS * rows + i, 0);
  plan.targetFilter = (depth * height * width) << 2;
  plan.flag = <i32>table([0]);
  return plan;
}

/** Packs, and computes into a new target: in one call, or the last items first. */
function compute(plan: PlanRecord, parts: i32): usize {
  const rows = plan.fives * 5 + plan.fours * 4;
  const columns = (plan.width + 3) / 4;
  const tiles = (plan.panelTiles * columns + 7) & ~7;
  winogradPack(plan, 0, GROUPS * (plan.fives + plan.fours));
  plan.panel = <i32>block(36 * (tiles * (plan.terms + rows) + 2 * 16));
  plan.edge = <i32>block(36 * 4 + 3 * tiles);
  plan.target = <i32>block((IMAGES * GROUPS * plan.filters * plan.targetFilter) >> 2);
  const items = IMAGES * GROUPS * plan.depth * ((plan.height + 3) / 4);
  for (let part = parts - 1; part >= 0; part--) {
    winograd(plan, (items * part) / parts, (items * (part + 1)) / parts);
  }
  return <usize>plan.target;
}

/** The largest error in shares of the sum of the absolute products. */
function largestError(plan: PlanRecord): f64 {
  let worst: f64 = 0;
  let at = 0;
  for (let map = 0; map < IMAGES * GROUPS; map++) {
    const group = map % GROUPS;
    for (let f = 0; f < plan.filters; f++) {
      for (let d = 0; d < plan.depth; d++) {
        for (let h = 0; h < plan.height; h++) {
          for (let w = 0; w < plan.width; w++, at++) {
            const from =
              plan.staged +
              map * plan.channels * plan.stagedChannel +
              d * plan.stagedDepth +
              h * plan.stagedRow +
              w * 4;
            const weight = plan.raw + group * plan.rawGroup + f * plan.rawFilter;
            let sum: f64 = get(plan.bias + group * plan.biasGroup, f);
            let size = abs(sum);
            for (let channel = 0; channel < plan.channels; channel++) {
              for (let tap = 0; tap < plan.taps; tap++) {
                const x: f64 = get(from + load<i32>(plan.tapTable + (channel * plan.taps + tap) * 4), 0);
                const k: f64 = get(
                  weight + channel * plan.rawChannel + load<i32>(plan.kernelTable + tap * 4),
                  0,
                );
                sum += x * k;
                size += abs(x * k);
              }
            }
            // written so that a NaN counts
            const error = abs(get(plan.target, at) - sum) / size;
            if (!(error <= worst)) worst = error;
          }
        }
      }
    }
  }
  return worst;
}

function run(plan: PlanRecord, parts: i32): string {
  compute(plan, parts);
  const error = largestError(plan);
  let wrong = error <= 4e-6 ? '' : `an error of ${error}`;
  if (load<i32>(plan.flag) != 0) wrong = 'the flag is set';
  if (!releaseAll()) wrong = 'a store beside a block';
  if (wrong == '') return '';
  return (
    `${plan.filters} filters (${plan.fives} fives), ${plan.terms} terms by ${plan.termsBlock}, ` +
    `${plan.depth} x ${plan.height} x ${plan.width} pixels, ${plan.panelTiles} rows: ${wrong}`
  );
}

describe('winograd', () => {
  it('computes maps of any size from 4 x 4', () => {
    for (let height = 4; height <= 13; height++) {
      for (let width = 4; width <= 13; width++) {
        const plan = planOf(5, 1, 2, 1, 1, height, width);
        plan.panelTiles = 1 + below(3);
        expect(run(plan, 1 + below(3))).toBe('');
      }
    }
  });

  it('computes every number of filters around a tile', () => {
    for (let filters = 1; filters <= 11; filters++) {
      for (let fives = 0; fives <= (filters + 4) / 5; fives++) {
        expect(run(planOf(filters, fives, 3, 1, 1, 6, 9), 1)).toBe('');
      }
    }
  });

  it('computes kernels with depth, in blocks of any number of terms', () => {
    for (let depthTaps = 1; depthTaps <= 3; depthTaps++) {
      for (let termsBlock = 1; termsBlock <= 7; termsBlock += 2) {
        const plan = planOf(6, 1, 2, depthTaps, 2, 5, 8);
        plan.termsBlock = termsBlock;
        expect(run(plan, 2)).toBe('');
      }
    }
  });

  it('gives the bias where a class of outputs meets no kernel element', () => {
    expect(run(planOf(6, 1, 3, 0, 2, 5, 8), 1)).toBe('');
  });

  it('gives the same bits however the items are split', () => {
    const plan = planOf(9, 1, 5, 1, 2, 21, 10);
    plan.termsBlock = 2;
    const once = compute(plan, 1);
    const pieces = compute(plan, 5);
    expect(memory.compare(once, pieces, <usize>(IMAGES * GROUPS * plan.filters * plan.targetFilter))).toBe(0);
    expect(releaseAll()).toBe(true);
  });

  it('sets the flag for a number that is not finite', () => {
    for (let i = 0; i < 30; i++) {
      const plan = planOf(4, 0, 2, 1, 1, 6, 6);
      const row = below(6 + 2);
      const at = plan.staged + below(2) * plan.stagedChannel + row * plan.stagedRow + below(8) * 4;
      store<f32>(at, i % 3 == 0 ? NaN : i % 3 == 1 ? Infinity : -Infinity);
      compute(plan, 1);
      expect(load<i32>(plan.flag)).toBe(1, `number ${i}`);
      expect(releaseAll()).toBe(true);
    }
  });
});
