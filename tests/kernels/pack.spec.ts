// Packed weights compared with their layout.

import { pack } from '../../assembly/weights/pack';
import { PackTask, Workspace } from '../../src/shared/task';
import { below, block, get, integers, releaseAll, table } from './memory';
import { inParts } from './parts';
import { divide, kernelsOf } from './tiles';

/**
 * Packs weights and checks every one. Every other kernel element is a tap.
 * @param channelsTaken channels per piece
 * @param filtersTaken filters per piece
 */
function packing(
  sizes: i32[],
  spare: i32,
  channels: i32,
  kernel: i32,
  termsAtOnce: i32,
  transposed: bool,
  channelsTaken: i32 = i32.MAX_VALUE,
  filtersTaken: i32 = i32.MAX_VALUE,
): string {
  const tiles = divide(sizes[0], sizes[1], sizes[2], sizes[3]);
  const filters = tiles.packed - spare;
  const task = new PackTask();
  task.filters = filters;
  task.channels = channels;
  task.packedFilters = tiles.packed;
  task.filterTiles = tiles.count;
  task.filterTable = tiles.table;
  const elements: i32[] = [];
  for (let k = kernel - 1; k >= 0; k -= 2) elements.push(k << 2);
  task.taps = elements.length;
  task.terms = channels * task.taps;
  task.termsAtOnce = termsAtOnce;
  task.elementTable = <i32>table(elements);
  task.rawGroup = (channels * filters * kernel) << 2;
  const rawFilter = (transposed ? kernel : channels * kernel) << 2;
  task.kernelTable = <i32>table(kernelsOf(filters, rawFilter));
  task.rawChannel = (transposed ? filters * kernel : kernel) << 2;
  task.raw = <i32>integers(2 * channels * filters * kernel);
  task.weights = <i32>block(2 * tiles.packed * task.terms);
  for (let channel = 0; channel < channels; channel += min(channels, channelsTaken)) {
    task.firstChannel = channel;
    task.endChannel = channel + min(channels - channel, channelsTaken);
    for (let filter = 0; filter < filters; filter += min(filters, filtersTaken)) {
      task.firstKernel = filter * rawFilter;
      task.kernelBytes = min(filters - filter, filtersTaken) * rawFilter;
      inParts<PackTask>(pack, task, [new Workspace(), new Workspace()], 2 * tiles.count, 2);
    }
  }

  let wrong = '';
  let at = 0;
  for (let group = 0; group < 2; group++) {
    for (let first = 0; first < task.terms; first += termsAtOnce) {
      for (let tile = 0; tile < tiles.count; tile++) {
        for (let term = first; term < min(first + termsAtOnce, task.terms); term++) {
          const channel = term / task.taps;
          const k = elements[term % task.taps] >> 2;
          for (let f = tiles.first(tile); f < tiles.first(tile + 1); f++, at++) {
            const from = task.raw + group * task.rawGroup + channel * task.rawChannel;
            const value = get(from + load<i32>(task.kernelTable + min(f, filters - 1) * 4), k);
            if (get(task.weights, at) != value) wrong = `group ${group}, filter ${f}, term ${term}`;
          }
        }
      }
    }
  }
  if (!releaseAll()) wrong = 'a store beside a block';
  return wrong == ''
    ? ''
    : `tiles ${sizes.toString()} less ${spare}, ${channels} channels, ${termsAtOnce} terms at once: ${wrong}`;
}

describe('pack', () => {
  it('orders the weights by group, terms at once, tile, term, filter', () => {
    for (let mix = 1; mix < 81; mix++) {
      const tiles = [mix % 3, (mix / 3) % 3, (mix / 9) % 3, mix / 27];
      for (let termsAtOnce = 1; termsAtOnce <= 10; termsAtOnce += 3) {
        expect(packing(tiles, 0, 3, 5, termsAtOnce, false)).toBe('');
        expect(packing(tiles, tiles[3] > 0 ? 0 : 1 + below(2), 2, 4, termsAtOnce, true)).toBe('');
      }
    }
  });

  it('leaves alone what the piece has not, and packs all of it piece by piece', () => {
    for (let taken = 1; taken <= 7; taken++) {
      for (let filters = 1; filters <= 8; filters++) {
        expect(packing([1, 2, 1, 1], 0, 5, 3, 4, false, taken, filters)).toBe('');
        expect(packing([0, 1, 1, 0], 1, 7, 4, 9, true, taken, filters)).toBe('');
      }
    }
  });

  it('packs nothing where there are no channels or no kernel elements', () => {
    expect(packing([0, 2, 0, 0], 2, 0, 3, 1, true)).toBe('');
    expect(packing([0, 0, 1, 0], 1, 3, 0, 1, false)).toBe('');
  });
});
