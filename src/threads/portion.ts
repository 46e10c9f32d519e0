// Portion: one part of a plan, as a worker computes it in its own memory: task words, entry calls, and the segments to copy.

import { aligned, FLOAT_BYTES, WORD_BYTES } from '../core/bytes.js';
import { copyRange } from '../core/copy.js';
import { sum } from '../core/lists.js';
import type { FlatView } from '../engine/address.js';
import type { Plan } from '../plan/plan.js';
import { changesResults, type Epilogue } from '../run/activation.js';
import { Block } from '../run/block.js';
import { eachSegment, oneSegment, type Segments } from '../run/segments.js';
import { tableBytes } from '../run/table-bytes.js';
import { wordsOf } from '../run/task-writer.js';
import { writeFinish } from '../run/transfer.js';
import { CHUNK } from '../shared/sizes.js';
import { FinishTask } from '../shared/task.js';
import type { WorkCall } from './work-request.js';

/** The addresses of a portion in the worker's memory: three consecutive areas, and the packed weights. */
interface Room {
  readonly tables: number;
  readonly scratch: number;
  readonly addend: number;
  readonly weights: number;
}

/** One portion. */
export interface Portion {
  /** the tasks and tables, to be written at `Room.tables` */
  readonly words: Int32Array;
  readonly calls: readonly WorkCall[];
  /** the address of the word that is set if an output is not finite */
  readonly flag: number;
  /** input segments and the address to copy them to; output segments and the address to copy them from */
  readonly loads: Segments;
  readonly loaded: number;
  readonly stores: Segments;
  readonly target: number;
}

const FINISH_BYTES = WORD_BYTES * wordsOf(new FinishTask());

/** The size in bytes of the areas of any portion of a plan. */
export function roomBytes(plan: Plan, isAdding: boolean): number {
  const { addend } = roomAt(plan, 0, 0);
  return addend + (isAdding ? aligned(plan.bytes.target) : 0);
}

/** Lays out the areas from an address. */
export function roomAt(plan: Plan, address: number, weights: number): Room {
  const scratch = address + aligned(tableBytes(plan) + 2 * FINISH_BYTES);
  return { tables: address, scratch, addend: scratch + aligned(plan.bytes.scratch), weights };
}

/** Builds a portion of a plan, by its index. */
export function portionOf(plan: Plan, index: number, room: Room, epilogue: Epilogue | undefined): Portion {
  const { block, loads, stores, words, items } = draftOf(plan, index, room);
  const { tables } = room;
  const { workspace, loaded, target } = block;
  const calls = block.calls.map(
    ({ entry, task, items: all }): WorkCall => [entry, task, workspace, items?.[0] ?? 0, items?.[1] ?? all],
  );
  const inputs = countIn(loads);
  const outputs = countIn(stores);
  const last = tables + WORD_BYTES * words.length;
  const more: Int32Array[] = [];
  const finish = (at: number, count: number, operations: Epilogue): WorkCall => {
    const task = last + FINISH_BYTES * more.length;
    more.push(finishWords(at, operations.add ? room.addend : 0, count, operations));
    return ['finish', task, workspace, 0, Math.ceil(count / CHUNK)];
  };
  if (epilogue?.input) calls.unshift(finish(loaded, inputs, { scale: 1, activation: epilogue.input }));
  if (changesResults(epilogue)) calls.push(finish(target, outputs, epilogue));
  return { words: joined([words, ...more]), calls, flag: workspace, loads, loaded, stores, target };
}

/** The part of a portion that is independent of the epilogue. Cached, because layers are called repeatedly. */
interface Draft extends Copied {
  readonly block: Block;
}

const drafts = new WeakMap<Plan, Draft[]>();

function draftOf(plan: Plan, index: number, { tables, scratch, weights }: Room): Draft {
  const cached = drafts.get(plan) ?? [];
  drafts.set(plan, cached);
  // the worker's memory has neither input nor output
  const absent = { input: -1, output: -1, inputStep: -1, outputStep: -1 };
  const addresses = { tables, scratch, weights, bias: weights + plan.bytes.weights, ...absent };
  const before = cached[index]?.block.addresses;
  if (before?.tables === tables && before.weights === weights) return cached[index];
  const block = new Block(plan, plan.mapsAtOnce > 0 ? 0 : index, addresses);
  cached[index] = {
    block,
    ...(plan.mapsAtOnce > 0 ? mapsOf(plan, block, index) : copiesOf(block)),
  };
  return cached[index];
}

interface Copied {
  readonly loads: Segments;
  readonly stores: Segments;
  readonly words: Int32Array;
  readonly items?: readonly [number, number];
}

function copiesOf({ loads, stores, words }: Block): Copied {
  return { loads, stores, words };
}

/**
 * A portion of several maps of a plan that computes each map independently. An item computes its map's address from its index in the
 * whole plan, so the addresses in the task are shifted back by the preceding maps, like `mapByMap` of block-copies.ts does.
 */
function mapsOf({ convolution, mapsAtOnce }: Plan, block: Block, index: number): Copied {
  const { batch, groups, input, output } = convolution;
  const perMap = block.calls[0].items / (batch * groups);
  const first = index * mapsAtOnce;
  const end = Math.min(first + mapsAtOnce, batch * groups);
  const words = block.words.slice();
  const begin = block.addresses.tables / WORD_BYTES;
  words[block.inputWord - begin] -= FLOAT_BYTES * first * input.group;
  words[block.targetWord - begin] -= FLOAT_BYTES * first * output.group;
  return {
    loads: oneSegment(first * input.group, (end - first) * input.group),
    stores: oneSegment(first * output.group, (end - first) * output.group),
    words,
    items: [first * perMap, end * perMap],
  };
}

/** The number of elements in all segments. */
export function countIn({ lengths, firsts }: Segments): number {
  return sum(lengths) * firsts.length;
}

/** The words of a `finish` task that works in place. */
function finishWords(at: number, addend: number, count: number, epilogue: Epilogue): Int32Array {
  const i32 = new Int32Array(FINISH_BYTES / WORD_BYTES);
  const numbers = { source: at, target: at, addend, count };
  writeFinish({ i32, f32: new Float32Array(i32.buffer) }, 0, numbers, epilogue);
  return i32;
}

function joined(lists: readonly Int32Array[]): Int32Array {
  const all = new Int32Array(sum(lists.map(({ length }) => length)));
  let at = 0;
  for (const list of lists) {
    all.set(list, at);
    at += list.length;
  }
  return all;
}

/** Copies segments of a tensor to a contiguous array. */
export function gather(segments: Segments, { array, together, index }: FlatView, into: Float32Array): void {
  inRuns(segments, together, (first, count, at) => copyRange(array, index(first), count, into, at));
}

/** Copies a contiguous array to segments of a tensor. */
export function scatter(segments: Segments, { array, together, index }: FlatView, from: Float32Array): void {
  inRuns(segments, together, (first, count, at) => copyRange(from, at, count, array, index(first)));
}

/** Visits the segments, split where they cross a multiple of `together`, the length of the tensor's contiguous pieces. */
function inRuns(
  segments: Segments,
  together: number,
  copy: (first: number, count: number, at: number) => void,
): void {
  eachSegment(segments, (start, count, at) => {
    for (let done = 0, part: number; done < count; done += part) {
      part = Math.min(count - done, together - ((start + done) % together));
      copy(start + done, part, at + done);
    }
  });
}
