// Block copies: copies the input of a block into wasm memory and its output out of it, as a whole or a few maps at a time.

import { FLOAT_BYTES } from '../core/bytes.js';
import { sum } from '../core/lists.js';
import type { Tensor } from '../core/tensor.js';
import { COPIED_BYTES } from '../plan/caches.js';
import { isDense } from '../problem/convolution.js';
import { changesResults, type Epilogue } from './activation.js';
import type { Block } from './block.js';
import type { Operands } from './operands.js';
import { eachSegment, oneSegment } from './segments.js';
import { loader, loadSegments, storer, type Transfer } from './transfer.js';

/** Copies the output of a block from `target` to where it belongs, or finishes it there; -1: there it is. */
export function storeBlock(
  { stores }: Block,
  target: number,
  transfer: Transfer,
  output: Tensor,
  epilogue: Epilogue | undefined,
): void {
  const store = storer(transfer, output, target < 0, epilogue);
  eachSegment(stores, (start, count, at) => store(start, count, target + FLOAT_BYTES * at));
}

/** Bytes of input from which on maps are staged as they are copied. A smaller input is still in a second-level cache when all of it was copied. */
const STAGED_IN_PARTS = 4 * COPIED_BYTES;

/** Whether the first call of a block stages its input, and should do so a few maps at a time. */
export function isStagedInParts({ plan, calls: [first] }: Block): boolean {
  const { bytes, blocks, convolution } = plan;
  return first.entry === 'stage' && bytes.loaded >= STAGED_IN_PARTS && (blocks > 1 || isDense(convolution));
}

/**
 * Copies a few maps of a block's input and stages them while they are in a cache, then the next ones.
 * @param stage runs some items of the block's first call
 */
export function loadAndStage(
  block: Block,
  transfer: Transfer,
  call: Operands,
  stage: (begin: number, end: number) => void,
): void {
  const { plan, loaded, inputWord, calls } = block;
  const loads = plan.blocks > 1 ? block.loads : undefined;
  const size = loads ? sum(loads.lengths) : plan.convolution.input.map;
  const atOnce = Math.ceil(COPIED_BYTES / (FLOAT_BYTES * size));
  forMaps(transfer, calls[0].items, atOnce, [[inputWord, FLOAT_BYTES * size]], (first, end) => {
    const segments = loads
      ? { ...loads, firsts: loads.firsts.slice(first, end) }
      : oneSegment(first * size, (end - first) * size);
    loadSegments(segments, transfer, call, loaded);
    stage(first, end);
  });
}

/**
 * Copies a few maps in, computes them and copies the results out while all is in a cache, then the next ones.
 * @param compute runs some items of the block's only call
 */
export function mapByMap(
  { plan, calls, inputWord, targetWord, loaded, target }: Block,
  transfer: Transfer,
  call: Operands,
  compute: (begin: number, end: number) => void,
): void {
  const { convolution, mapsAtOnce } = plan;
  const { epilogue } = call;
  // such maps are dense: a group's numbers are what one group lies from the next
  const input = convolution.input.group;
  const output = convolution.output.group;
  const maps = convolution.batch * convolution.groups;
  const perMap = calls[0].items / maps;
  // before anything is moved: these may throw
  const load = loaded < 0 ? undefined : loader(transfer, call);
  const store =
    target < 0 && !changesResults(epilogue) ? undefined : storer(transfer, call.output, target < 0, epilogue);
  const moved = [
    [inputWord, load ? FLOAT_BYTES * input : 0],
    [targetWord, target < 0 ? 0 : FLOAT_BYTES * output],
  ] as const;
  forMaps(transfer, maps, mapsAtOnce, moved, (first, end) => {
    load?.(first * input, (end - first) * input, loaded);
    compute(first * perMap, end * perMap);
    store?.(first * output, (end - first) * output, target);
  });
}

/**
 * Visits a few maps at a time. Their copies always lie in the same place, but kernels find a map by its number: so the addresses in the
 * task are moved back by the maps before.
 * @param moved the words of these addresses, and the bytes from one map to the next
 */
function forMaps(
  { engine: { i32 } }: Transfer,
  maps: number,
  atOnce: number,
  moved: readonly (readonly [word: number, bytes: number])[],
  visit: (first: number, end: number) => void,
): void {
  const move = (count: number) => {
    for (const [word, bytes] of moved) i32[word] += count * bytes;
  };
  for (let first = 0; first < maps; first += atOnce) {
    move(-first);
    visit(first, Math.min(first + atOnce, maps));
    move(first);
  }
}
