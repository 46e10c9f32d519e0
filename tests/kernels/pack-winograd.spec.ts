// Transformed weights, packed two kernels at a time, compared with those of each kernel packed alone.

import { packWinograd } from '../../assembly/weights/pack';
import { EIGHT_POINTS, elementBytes, F3X3_2X2, F4_3, F4X4_3X3 } from '../../src/shared/sizes';
import { PackWinogradTask, Workspace } from '../../src/shared/task';
import { below, block, get, reals, releaseAll, table } from './memory';
import { inParts } from './parts';
import { divide, kernelsOf } from './tiles';

const GROUPS = 2;
const CHANNELS = 3;

/** Taps of a kernel for a transform, and elements of the transformed kernel. */
class Kind {
  constructor(
    public transform: i32,
    public taps: i32,
    public elements: i32,
  ) {}
}

const kinds: Kind[] = [
  new Kind(F4X4_3X3, 9, 36),
  new Kind(F3X3_2X2, 4, 16),
  new Kind(F4_3, 3, 6),
  new Kind(EIGHT_POINTS, 3, 8),
  new Kind(EIGHT_POINTS, 5, 8),
];

/** A task whose weights are not packed yet: two kernels a channel, the first of which may lack a tap, as in a 5x5 kernel. */
function taskOf(kind: Kind, classes: i32, spare: i32, termsAtOnce: i32): PackWinogradTask {
  const task = new PackWinogradTask();
  const tiles = divide(1, 1, 1, 0);
  const filters = tiles.packed - spare;
  task.filters = filters;
  task.classFilters = filters / classes;
  task.packedFilters = tiles.packed;
  task.filterTiles = tiles.count;
  task.filterTable = tiles.table;
  task.channels = CHANNELS;
  task.transform = kind.transform;
  task.elements = kind.elements;
  task.kernelTaps = kind.taps;
  task.taps = 2 * kind.taps;
  task.terms = 2 * CHANNELS;
  task.termsAtOnce = termsAtOnce;
  const offsets: i32[] = [];
  for (let tap = 0; tap < classes * task.taps; tap++)
    offsets.push(tap % 4 == 3 ? -1 : (task.taps - 1 - (tap % task.taps)) << 2);
  task.elementTable = <i32>table(offsets);
  task.rawChannel = task.taps << 2;
  task.kernelTable = <i32>table(kernelsOf(filters, CHANNELS * task.rawChannel));
  task.rawGroup = filters * CHANNELS * task.rawChannel;
  task.raw = <i32>reals((GROUPS * task.rawGroup) >> 2);
  return task;
}

/** Packs pieces of some channels and filters, by several calls, and returns the address of the weights. */
function packed(task: PackWinogradTask, channels: i32, filters: i32): i32 {
  const rawFilter = CHANNELS * task.rawChannel;
  task.weights = <i32>block((GROUPS * task.elements * elementBytes(task.packedFilters, task.terms)) >> 2);
  for (let channel = 0; channel < CHANNELS; channel += channels) {
    task.firstChannel = channel;
    task.endChannel = min(CHANNELS, channel + channels);
    for (let filter = 0; filter < task.filters; filter += filters) {
      task.firstKernel = filter * rawFilter;
      task.kernelBytes = min(task.filters - filter, filters) * rawFilter;
      inParts<PackWinogradTask>(packWinograd, task, [new Workspace()], GROUPS * task.filterTiles, 2);
    }
  }
  return task.weights;
}

/** The first packed number that depends on the pieces, or -1. */
function different(kind: Kind, classes: i32, spare: i32, termsAtOnce: i32): i32 {
  const task = taskOf(kind, classes, spare, termsAtOnce);
  const alone = packed(task, 1, 1);
  const step = elementBytes(task.packedFilters, task.terms) >> 2;
  let found = -1;
  for (let trial = 0; trial < 4; trial++) {
    const all = trial == 0;
    const together = packed(task, all ? CHANNELS : 1 + below(CHANNELS), all ? task.filters : 1 + below(6));
    for (let i = 0; i < GROUPS * task.elements * step; i++) {
      const isNumber = i % step < task.packedFilters * task.terms;
      if (isNumber && get(together, i) != get(alone, i)) found = i;
    }
  }
  return releaseAll() ? found : -2;
}

describe('packWinograd', () => {
  it('packs two kernels at a time with the bits of one at a time', () => {
    for (let k = 0; k < kinds.length; k++) {
      for (let termsAtOnce = 1; termsAtOnce <= 6; termsAtOnce++) {
        for (let spare = 0; spare < 3; spare++) {
          expect(different(kinds[k], 1, spare, termsAtOnce)).toBe(-1);
        }
        // two classes of five filters, so that tiles have filters of both
        expect(different(kinds[k], 2, 2, termsAtOnce)).toBe(-1);
      }
    }
  });
});
