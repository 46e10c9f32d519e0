// Portion: one part of a plan's work at addresses of a memory that only the thread knows which computes it: words, calls, and what is copied.

import { aligned, FLOAT_BYTES, WORD_BYTES } from '../core/bytes.js';
import { sum } from '../core/lists.js';
import type { Plan } from '../plan/plan.js';
import { type Activation, changesResults, type Epilogue } from '../run/activation.js';
import { Block } from '../run/block.js';
import { eachSegment, oneSegment, type Segments } from '../run/segments.js';
import { tableBytes } from '../run/table-bytes.js';
import { wordsOf } from '../run/task-writer.js';
import { type FlatView, writeFinish } from '../run/transfer.js';
import { CHUNK } from '../shared/sizes.js';
import { FinishTask } from '../shared/task.js';
import type { WorkRequest } from './work-request.js';

/** Where a portion is computed: three areas that follow one another, and the packed weights. */
export interface Room {
  readonly tables: number;
  readonly scratch: number;
  readonly addend: number;
  readonly weights: number;
}

/** What one portion is. */
export interface Portion {
  readonly words: Int32Array;
  readonly calls: WorkRequest['calls'];
  /** the word that says that an output is not finite */
  readonly flag: number;
  /** what is copied of the input to an address, and from an address to the output */
  readonly loads: Segments;
  readonly loaded: number;
  readonly stores: Segments;
  readonly target: number;
}

const FINISH_BYTES = WORD_BYTES * wordsOf(new FinishTask());

/** Bytes of the areas of any portion of a plan. */
export function roomBytes(plan: Plan, isAdding: boolean): number {
  const { addend } = roomAt(plan, 0, 0);
  return addend + (isAdding ? aligned(plan.bytes.target) : 0);
}

/** The areas from an address on. */
export function roomAt(plan: Plan, address: number, weights: number): Room {
  const scratch = address + aligned(tableBytes(plan) + 2 * FINISH_BYTES);
  return { tables: address, scratch, addend: scratch + aligned(plan.bytes.scratch), weights };
}

/** A portion of a plan, by its number, in a room. */
export function portionOf(plan: Plan, index: number, room: Room, epilogue: Epilogue | undefined): Portion {
  const { block, loads, stores, words, items } = draftOf(plan, index, room);
  const { tables } = room;
  const { workspace, loaded, target } = block;
  const calls = block.calls.map(
    ({ entry, task, items: all }) =>
      [entry, task, workspace, items?.[0] ?? 0, items?.[1] ?? all] as WorkRequest['calls'][number],
  );
  const inputs = numbersIn(loads);
  const outputs = numbersIn(stores);
  const last = tables + WORD_BYTES * words.length;
  const more: Int32Array[] = [];
  const finish = (at: number, count: number, addend: number, scale: number, activation?: Activation) => {
    const task = last + FINISH_BYTES * more.length;
    more.push(finishWords(at, count, addend, scale, activation));
    return ['finish', task, workspace, 0, Math.ceil(count / CHUNK)] as WorkRequest['calls'][number];
  };
  if (epilogue?.input) calls.unshift(finish(loaded, inputs, 0, 1, epilogue.input));
  if (changesResults(epilogue))
    calls.push(finish(target, outputs, epilogue.add ? room.addend : 0, epilogue.scale, epilogue.activation));
  return { words: joined([words, ...more]), calls, flag: workspace, loads, loaded, stores, target };
}

/** What portions of a plan are whatever is done beside it, and where: layers are called again and again. */
interface Draft extends Copied {
  readonly block: Block;
}

const drafts = new WeakMap<Plan, Draft[]>();

function draftOf(plan: Plan, index: number, { tables, scratch, weights }: Room): Draft {
  const known = drafts.get(plan) ?? [];
  drafts.set(plan, known);
  const nowhere = { input: -1, output: -1, inputStep: -1, outputStep: -1 };
  const addresses = { tables, scratch, weights, bias: weights + plan.bytes.weights, ...nowhere };
  const before = known[index]?.block.addresses;
  if (before?.tables === tables && before.weights === weights) return known[index];
  const block = new Block(plan, plan.mapsAtOnce > 0 ? 0 : index, addresses);
  known[index] = { block, ...(plan.mapsAtOnce > 0 ? mapsOf(plan, block, index) : copiesOf(block)) };
  return known[index];
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
 * Some maps, each computed by itself. An item finds its map by its number, so the addresses in the task are moved back by the maps
 * before, as `runMapByMap` of block-copies.ts does.
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

/** How many numbers are copied. */
export function numbersIn({ lengths, firsts }: Segments): number {
  return sum(lengths) * firsts.length;
}

/** The words of a task of `finish`, for numbers in their place. */
function finishWords(
  at: number,
  count: number,
  addend: number,
  scale: number,
  activation: Activation | undefined,
): Int32Array {
  const i32 = new Int32Array(FINISH_BYTES / WORD_BYTES);
  const numbers = { source: at, target: at, addend, count };
  writeFinish({ i32, f32: new Float32Array(i32.buffer) }, 0, numbers, { scale, activation });
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

/** Copies segments of a tensor to where they follow one another. */
export function gather(segments: Segments, { array, together, index }: FlatView, into: Float32Array): void {
  inRuns(segments, together, (first, count, at) => {
    const from = index(first);
    into.set(array.subarray(from, from + count), at);
  });
}

/** Copies what follows one another to its place in a tensor. */
export function scatter(segments: Segments, { array, together, index }: FlatView, from: Float32Array): void {
  inRuns(segments, together, (first, count, at) => array.set(from.subarray(at, at + count), index(first)));
}

/** The segments, none of which goes beyond numbers that lie `together`. */
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
