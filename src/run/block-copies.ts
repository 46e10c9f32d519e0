// Block copies: the input of a block copied in, its output copied out or finished, and both a few maps at a time.

import { FLOAT_BYTES } from '../core/bytes.js';
import { product, sum } from '../core/lists.js';
import type { Tensor } from '../core/tensor.js';
import { COPIED_BYTES } from '../plan/caches.js';
import type { Plan } from '../plan/plan.js';
import { isDense } from '../problem/convolution.js';
import { changesResults, type Epilogue } from './activation.js';
import type { Block } from './block.js';
import { eachSegment, loadedSegments, storedSegments } from './segments.js';
import { loader, storer, type Transfer } from './transfer.js';

/** Copies the input of a block to where it is read. */
export function loadBlock(
  plan: Plan,
  block: Block,
  transfer: Transfer,
  x: Tensor,
  epilogue: Epilogue | undefined,
): void {
  const { loaded } = block;
  const load = loader(transfer, x, epilogue);
  if (plan.blocks === 1) {
    load(0, product(x.shape), loaded);
    return;
  }
  block.loads ??= loadedSegments(plan, block);
  eachSegment(block.loads, (start, count, at) => load(start, count, loaded + FLOAT_BYTES * at));
}

/** From so many bytes of input on, maps are staged as they are copied in. Less is in a second-level cache when all of it was copied. */
const STAGED_IN_PARTS = 4 * COPIED_BYTES;

/** Whether the input of a block is staged by its first call, a few maps at a time. */
export function isStagedInParts({ bytes, blocks, convolution }: Plan, { calls: [first] }: Block): boolean {
  return first.entry === 'stage' && bytes.loaded >= STAGED_IN_PARTS && (blocks > 1 || isDense(convolution));
}

/**
 * Copies a few maps of a block's input in and stages them, while they are in a cache; then the next ones, to the same place. As in
 * `mapByMap`, the address in the task is moved back by the maps before.
 * @param stage carries out some items of the block's first call
 */
export function loadAndStage(
  plan: Plan,
  block: Block,
  transfer: Transfer,
  x: Tensor,
  epilogue: Epilogue | undefined,
  stage: (begin: number, end: number) => void,
): void {
  const { i32 } = transfer.engine;
  const { loaded, inputWord, calls } = block;
  const [{ items }] = calls;
  if (plan.blocks > 1) block.loads ??= loadedSegments(plan, block);
  const { loads } = block;
  const size = loads ? sum(loads.lengths) : plan.convolution.input.map;
  const together = Math.ceil(COPIED_BYTES / (FLOAT_BYTES * size));
  const load = loader(transfer, x, epilogue);
  const source = i32[inputWord];
  for (let first = 0; first < items; first += together) {
    const end = Math.min(first + together, items);
    if (loads) {
      const firsts = loads.firsts.slice(first, end);
      eachSegment({ ...loads, firsts }, (start, count, at) => load(start, count, loaded + FLOAT_BYTES * at));
    } else load(first * size, (end - first) * size, loaded);
    i32[inputWord] = source - FLOAT_BYTES * first * size;
    stage(first, end);
  }
  i32[inputWord] = source;
}

/** Copies the output of a block from `target` to where it belongs, or finishes it there; -1: there it is. */
export function storeBlock(
  plan: Plan,
  block: Block,
  target: number,
  transfer: Transfer,
  out: Tensor,
  epilogue: Epilogue | undefined,
): void {
  const store = storer(transfer, out, target < 0, epilogue);
  if (plan.blocks === 1) {
    store(0, product(out.shape), target);
    return;
  }
  block.stores ??= storedSegments(plan, block);
  eachSegment(block.stores, (start, count, at) => store(start, count, target + FLOAT_BYTES * at));
}

/**
 * Copies a few maps in, computes them and copies the results out, all within a cache. What is copied always lies in the same place. An
 * item finds its map by its number, so the addresses in the task are moved back by the maps before.
 * @param compute carries out some items of the block's only call
 */
export function mapByMap(
  plan: Plan,
  block: Block,
  transfer: Transfer,
  x: Tensor,
  out: Tensor,
  epilogue: Epilogue | undefined,
  compute: (begin: number, end: number) => void,
): void {
  const { i32 } = transfer.engine;
  const { convolution, mapsTogether } = plan;
  // such maps are dense: a group's numbers are what one group lies from the next
  const input = convolution.input.group;
  const output = convolution.output.group;
  const total = convolution.batch * convolution.groups;
  const perMap = block.calls[0].items / total;
  const { inputWord, targetWord, loaded, target } = block;
  const inputAddress = i32[inputWord];
  const targetAddress = i32[targetWord];
  // before anything is moved: these may throw
  const load = loaded < 0 ? undefined : loader(transfer, x, epilogue);
  const store =
    target < 0 && !changesResults(epilogue) ? undefined : storer(transfer, out, target < 0, epilogue);
  for (let first = 0; first < total; first += mapsTogether) {
    const end = Math.min(first + mapsTogether, total);
    if (load) {
      load(first * input, (end - first) * input, loaded);
      i32[inputWord] = inputAddress - FLOAT_BYTES * first * input;
    }
    if (target >= 0) i32[targetWord] = targetAddress - FLOAT_BYTES * first * output;
    compute(first * perMap, end * perMap);
    store?.(first * output, (end - first) * output, target);
  }
  i32[inputWord] = inputAddress;
  i32[targetWord] = targetAddress;
}
