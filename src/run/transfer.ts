// Transfer: copies numbers into a block's memory and out of it, with what is done to them beside the convolution. A few at a time, so
// that they are still in a cache when the second of these steps reads them.

import { FLOAT_BYTES, WORD_BYTES } from '../core/bytes.js';
import { copyRange } from '../core/copy.js';
import { sum } from '../core/lists.js';
import type { Tensor } from '../core/tensor.js';
import { flatViewOf } from '../engine/address.js';
import type { Engine } from '../engine/engine.js';
import { CHUNK, NO_ACTIVATION, TANH } from '../shared/sizes.js';
import { FinishTask } from '../shared/task.js';
import { type Epilogue, kinds } from './activation.js';
import type { Operands } from './operands.js';
import { areShort, eachSegment, type Segments } from './segments.js';
import { wordOf, writeTask } from './task-writer.js';

/** The words of a FinishTask that hold bits of an f32. */
const SCALE = wordOf(new FinishTask(), 'scale');
const OPERAND = wordOf(new FinishTask(), 'operand');

/** Numbers that are copied and finished at a time: 32 KB. */
const TOGETHER = 8 * CHUNK;

/** Exponential functions or polynomials that are evaluated in a microsecond: 1000 of silu, 600 of gelu. */
const CURVED = 700;

/** Bytes of the buffer for addends that lie outside of wasm memory. */
export const ADDEND_BYTES = FLOAT_BYTES * TOGETHER;

/** Moves `count` numbers between a tensor, starting at its number `first`, and an address. */
type Move = (first: number, count: number, address: number) => void;

/** What the transfers of a block work with. */
export interface Transfer {
  readonly engine: Engine;
  /** the address of its FinishTask */
  readonly task: number;
  /** the address of ADDEND_BYTES, if something is added */
  readonly room: number;
  /** runs `finish` on the items of the task; `microseconds` is about the time that one thread takes for them */
  call(items: number, microseconds: number): void;
}

/** The numbers that a FinishTask is for. */
type FinishedNumbers = Partial<Pick<FinishTask, 'source' | 'target' | 'addend' | 'count'>>;

/** Copies numbers of the input to an address, and activates them. */
export function loader(transfer: Transfer, { input: tensor, epilogue }: Operands): Move {
  const { engine } = transfer;
  const { f32 } = engine;
  const from = flatViewOf(tensor);
  const copy: Move = (first, count, address) => {
    copyRange(from.array, from.index(first), count, f32, address / FLOAT_BYTES);
  };
  const input = epilogue?.input;
  if (!input) return copy;
  const isOutside = from.address < 0;
  const load: Move = (first, count, address) => {
    if (isOutside) copy(first, count, address);
    const source = isOutside ? address : FLOAT_BYTES * from.index(first);
    finish(transfer, { source, target: address, count }, { scale: 1, activation: input });
  };
  return inParts(from.together, load, isOutside ? TOGETHER : from.together);
}

/**
 * Copies segments of the input to an address, and activates them. Short ones are activated all at once, because each activation is a call
 * of wasm.
 */
export function loadSegments(segments: Segments, transfer: Transfer, call: Operands, address: number): void {
  const activation = call.epilogue?.input;
  const atOnce = activation && areShort(segments);
  const load = loader(transfer, atOnce ? { ...call, epilogue: undefined } : call);
  eachSegment(segments, (start, length, at) => load(start, length, address + FLOAT_BYTES * at));
  if (!atOnce) return;
  const count = segments.firsts.length * sum(segments.lengths);
  finish(transfer, { source: address, target: address, count }, { scale: 1, activation });
}

/** Copies results from an address to the output and finishes them; where kernels stored them in the output, they are finished there. */
export function storer(
  transfer: Transfer,
  output: Tensor,
  isStored: boolean,
  epilogue: Epilogue | undefined,
): Move {
  const { engine, room } = transfer;
  const { f32 } = engine;
  const to = flatViewOf(output);
  const copy: Move = (first, count, address) => {
    copyRange(f32, address / FLOAT_BYTES, count, to.array, to.index(first));
  };
  if (!epilogue) return inParts(to.together, copy, to.together);
  const add = epilogue.add && flatViewOf(epilogue.add);
  const isInside = to.address >= 0 && (!add || add.address >= 0);
  const store: Move = (first, count, address) => {
    let addend = 0;
    if (add) {
      const index = add.index(first);
      addend = add.address < 0 ? room : FLOAT_BYTES * index;
      if (add.address < 0) copyRange(add.array, index, count, f32, room / FLOAT_BYTES);
    }
    const target = to.address < 0 ? address : FLOAT_BYTES * to.index(first);
    finish(transfer, { source: isStored ? target : address, target, addend, count }, epilogue);
    if (to.address < 0) copy(first, count, address);
  };
  const together = Math.min(to.together, add?.together ?? to.together);
  // what is not copied need not stay in a cache: all at once, so that threads can share it
  return inParts(together, store, isInside ? together : TOGETHER);
}

/** The same move, a few numbers at a time, where only so many lie `together`. */
function inParts(together: number, move: Move, most = TOGETHER): Move {
  return (first, count, address) => {
    for (let done = 0, part: number; done < count; done += part) {
      const place = first + done;
      part = Math.min(most, count - done, together - (place % together));
      move(place, part, address + FLOAT_BYTES * done);
    }
  };
}

/**
 * Writes a FinishTask at an address.
 * @param numbers those that it is for: its first fields, 0 where left out
 * @returns its kind of activation
 */
export function writeFinish(
  { i32, f32 }: Pick<Engine, 'i32' | 'f32'>,
  address: number,
  numbers: FinishedNumbers,
  { scale, activation }: Epilogue,
): number {
  const kind = activation ? kinds[activation.entry] : NO_ACTIVATION;
  writeTask(Object.assign(new FinishTask(), numbers, { kind }), i32, address);
  const word = address / WORD_BYTES;
  f32[word + SCALE] = scale;
  f32[word + OPERAND] = activation?.operand ?? 0;
  return kind;
}

/** Runs `finish` on some numbers. */
function finish(
  { engine, task, call }: Transfer,
  numbers: FinishedNumbers & { readonly count: number },
  epilogue: Epilogue,
): void {
  const kind = writeFinish(engine, task, numbers, epilogue);
  // scaling, adding and clamping take no longer than the copy that follows
  call(Math.ceil(numbers.count / CHUNK), kind < TANH ? 0 : numbers.count / CURVED);
}
