// Packed weights and packed panels against their layouts.

import { pack } from '../../assembly/pack';
import { packPanel } from '../../assembly/panel';
import { tileRow } from '../../assembly/tiles';
import { PlanRecord } from '../../src/shared/record';
import { below, block, get, integers, releaseAll, table } from './memory';
import { divide, kernelsOf } from './tiles';

/** Packs some weights and looks up every one; every other kernel element belongs to the phase. */
function packing(
  tiles: i32[],
  spare: i32,
  channels: i32,
  kernel: i32,
  termsBlock: i32,
  transposed: bool,
): string {
  const plan = new PlanRecord();
  plan.groups = 2;
  plan.channels = channels;
  const rows = divide(plan, tiles[0], tiles[1], tiles[2], tiles[3]);
  const filters = rows - spare;
  plan.filters = filters;
  const elements: i32[] = [];
  for (let k = kernel - 1; k >= 0; k -= 2) elements.push(k << 2);
  plan.taps = elements.length;
  plan.terms = channels * plan.taps;
  plan.termsBlock = termsBlock;
  plan.kernelTable = <i32>table(elements);
  plan.rawGroup = (channels * filters * kernel) << 2;
  plan.rowTable = <i32>table(kernelsOf(filters, (transposed ? kernel : channels * kernel) << 2));
  plan.rawChannel = (transposed ? filters * kernel : kernel) << 2;
  plan.raw = <i32>integers(2 * channels * filters * kernel);
  plan.weights = <i32>block(2 * rows * plan.terms);
  const count = plan.filterTiles;
  const middle = below(2 * count + 1);
  pack(plan, middle, 2 * count);
  pack(plan, 0, middle);

  let wrong = '';
  let at = 0;
  for (let group = 0; group < 2; group++) {
    for (let first = 0; first < plan.terms; first += termsBlock) {
      for (let tile = 0; tile < count; tile++) {
        const row = tileRow(plan, tile);
        for (let term = first; term < min(first + termsBlock, plan.terms); term++) {
          const channel = term / plan.taps;
          const k = elements[term % plan.taps] >> 2;
          for (let f = row; f < tileRow(plan, tile + 1); f++, at++) {
            const from = plan.raw + group * plan.rawGroup + channel * plan.rawChannel;
            const value = get(from + load<i32>(plan.rowTable + min(f, filters - 1) * 4), k);
            if (get(plan.weights, at) != value) wrong = `group ${group}, filter ${f}, term ${term}`;
          }
        }
      }
    }
  }
  if (!releaseAll()) wrong = 'a store beside a block';
  return wrong == ''
    ? ''
    : `tiles ${tiles.toString()} less ${spare}, ${channels} channels, ${termsBlock} terms: ${wrong}`;
}

/** Packs every panel of a map of outputs, and looks up every element. */
function panels(depth: i32, height: i32, width: i32, extra: i32): string {
  const plan = new PlanRecord();
  plan.depth = depth;
  plan.height = height;
  plan.width = width;
  const row = width + extra;
  const rows = height + below(2) * extra;
  plan.stagedRow = row << 2;
  plan.stagedDepth = (row * rows + below(3)) << 2;
  const last = ((depth - 1) * plan.stagedDepth + (height - 1) * plan.stagedRow) / 4 + width;
  const window = integers(last + 20);
  const taps: i32[] = [];
  for (let term = 0; term < 5; term++) taps.push(below(20) << 2);
  plan.tapTable = <i32>table(taps);
  const pixels = depth * height * width;
  let wrong = '';
  for (let pixel = 0; pixel < pixels; pixel += 8) {
    const panel = block(4 * 8);
    packPanel(plan, window, pixel, 1, 4, panel);
    for (let term = 0; term < 4; term++) {
      for (let p = 0; p < min(8, pixels - pixel); p++) {
        const at = pixel + p;
        const line = at / width;
        const d = line / height;
        const from = taps[term + 1] + d * plan.stagedDepth + (line % height) * plan.stagedRow;
        const value = get(window + from, at % width);
        if (get(panel, 8 * term + p) != value) wrong = `term ${term}, pixel ${pixel} + ${p}`;
      }
    }
  }
  if (!releaseAll()) wrong = 'a store beside a block';
  return wrong == '' ? '' : `${depth} x ${height} x ${width} outputs in rows of ${row}: ${wrong}`;
}

describe('pack', () => {
  it('orders the weights by group, block of terms, tile, term, filter', () => {
    for (let mix = 1; mix < 81; mix++) {
      const tiles = [mix % 3, (mix / 3) % 3, (mix / 9) % 3, mix / 27];
      for (let termsBlock = 1; termsBlock <= 10; termsBlock += 3) {
        expect(packing(tiles, 0, 3, 5, termsBlock, false)).toBe('');
        expect(packing(tiles, tiles[3] > 0 ? 0 : 1 + below(2), 2, 4, termsBlock, true)).toBe('');
      }
    }
  });

  it('packs nothing where there are no channels or no kernel elements', () => {
    expect(packing([0, 2, 0, 0], 2, 0, 3, 1, true)).toBe('');
    expect(packing([0, 0, 1, 0], 1, 3, 0, 1, false)).toBe('');
  });
});

describe('packPanel', () => {
  it('gathers eight outputs a term', () => {
    for (let depth = 1; depth <= 3; depth++) {
      for (let height = 1; height <= 4; height++) {
        for (let width = 1; width <= 19; width++) {
          for (let extra = 0; extra <= 3; extra++) expect(panels(depth, height, width, extra)).toBe('');
        }
      }
    }
  });
});
