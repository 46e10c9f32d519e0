// finish: the epilogue of a convolution over contiguous elements, while they are in a cache: scale, addend and activation.

import { CHUNK, CLAMP, LEAKY_RELU, NO_ACTIVATION } from '../../src/shared/sizes';
import { FinishTask, Workspace } from '../../src/shared/task';
import { distanceToAddend } from '../kernels/addend';
import { clamp } from '../lanes';
import { curve } from './curves';

/** Bytes per iteration of a loop: two vectors, because V8 11.3 makes a stack check in each iteration. */
const TURN: usize = 32;

/**
 * A buffer for the elements and addends of the last, partial iteration. Only the last chunk of a call has one, so only one thread uses it
 * at a time.
 */
const ROOM: usize = memory.data(64, 16);

/**
 * Computes activation(scale x + addend) over chunks `begin` to `end` (exclusive) of `count` elements. Makes two passes over a chunk, the
 * second one in the L1 cache, if there are scale or addend and an activation other than a clamp. Writes nothing outside of the elements,
 * because other threads may read there.
 */
export function finish(task: FinishTask, _workspace: Workspace, begin: i32, end: i32): void {
  for (let chunk = begin; chunk < end; chunk++) {
    const first = (<usize>(chunk * CHUNK)) << 2;
    const bytes = (<usize>min(CHUNK, task.count - chunk * CHUNK)) << 2;
    const whole = bytes & ~(TURN - 1);
    const source = <usize>task.source + first;
    const target = <usize>task.target + first;
    const addend = task.addend ? <usize>task.addend + first : 0;
    turns(task, source, addend, target, target + whole);
    if (whole == bytes) continue;
    memory.copy(ROOM, source + whole, bytes - whole);
    if (addend) memory.copy(ROOM + TURN, addend + whole, bytes - whole);
    turns(task, ROOM, addend ? ROOM + TURN : 0, ROOM, ROOM + TURN);
    memory.copy(target + whole, ROOM, bytes - whole);
  }
}

/** Processes whole iterations from `source` to `target`, up to `last`. */
function turns(task: FinishTask, source: usize, addend: usize, target: usize, last: usize): void {
  const kind = task.kind;
  const clamps = kind == CLAMP;
  const scale = f32x4.splat(reinterpret<f32>(task.scale));
  const operand = f32x4.splat(reinterpret<f32>(task.operand));
  if (addend) {
    const least = f32x4.splat(clamps ? 0 : -Infinity);
    const most = clamps ? operand : f32x4.splat(Infinity);
    add(source, addend, target, last, scale, least, most);
    source = target;
  } else if (kind == NO_ACTIVATION || reinterpret<f32>(task.scale) != 1) {
    multiply(source, target, last, scale);
    source = target;
  }
  if (clamps) {
    if (!addend) clampAll(source, target, last, operand);
  } else if (kind == LEAKY_RELU) leakyRelu(source, target, last, operand);
  else if (kind != NO_ACTIVATION) curve(source, target, last, kind);
}

/**
 * Adds the addend and applies a clamp or leaky ReLU to `count` elements in place. Writes nothing outside of the elements, because other
 * threads may compute there.
 * @param address the address of a FinishTask; 0: nothing to do. Its addend minus its target is the distance from elements to addends
 */
export function finishRun(address: i32, at: usize, count: i32): void {
  if (address == 0) return;
  const task = changetype<FinishTask>(<usize>address);
  const operand = f32x4.splat(reinterpret<f32>(task.operand));
  const last = at + ((<usize>count) << 2);
  const addend = distanceToAddend(<usize>address);
  if (addend != 0) {
    for (let to = at; to < last; to += 4) store<f32>(to, load<f32>(to + addend) + load<f32>(to));
  }
  if (task.kind == CLAMP) clampAll(at, at, last, operand);
  else if (task.kind == LEAKY_RELU) leakyRelu(at, at, last, operand);
}

/** addend + scale x, never fused (see lanes.ts), and clamped; without a clamp the bounds are infinite. */
function add(from: usize, addend: usize, to: usize, last: usize, scale: v128, least: v128, most: v128): void {
  for (; to < last; to += TURN, from += TURN, addend += TURN) {
    const x = f32x4.add(v128.load(addend), f32x4.mul(scale, v128.load(from)));
    const y = f32x4.add(v128.load(addend, 16), f32x4.mul(scale, v128.load(from, 16)));
    v128.store(to, clamp(x, least, most));
    v128.store(to, clamp(y, least, most), 16);
  }
}

function multiply(from: usize, to: usize, last: usize, scale: v128): void {
  for (; to < last; to += TURN, from += TURN) {
    v128.store(to, f32x4.mul(scale, v128.load(from)));
    v128.store(to, f32x4.mul(scale, v128.load(from, 16)), 16);
  }
}

/** The end of the whole iterations; the remaining elements are processed one by one. */
// @ts-ignore: decorator
@inline
function turnsEnd(to: usize, last: usize): usize {
  return last - ((last - to) & (TURN - 1));
}

/** min(max(x, 0), most). */
function clampAll(from: usize, to: usize, last: usize, most: v128): void {
  const zero = f32x4.splat(0);
  for (const whole = turnsEnd(to, last); to < whole; to += TURN, from += TURN) {
    v128.store(to, clamp(v128.load(from), zero, most));
    v128.store(to, clamp(v128.load(from, 16), zero, most), 16);
  }
  for (; to < last; to += 4, from += 4) v128.store32_lane(to, clamp(v128.load32_zero(from), zero, most), 0);
}

/** x if it is not negative, else slope x. That is max(x, slope x) if the slope is at most 1 and not 0 (0 times infinity is NaN). */
function leakyRelu(from: usize, to: usize, last: usize, slope: v128): void {
  const factor = f32x4.extract_lane(slope, 0);
  if (factor <= 1 && factor != 0) {
    for (const whole = turnsEnd(to, last); to < whole; to += TURN, from += TURN) {
      const x = v128.load(from);
      const y = v128.load(from, 16);
      v128.store(to, f32x4.pmax(x, f32x4.mul(slope, x)));
      v128.store(to, f32x4.pmax(y, f32x4.mul(slope, y)), 16);
    }
  }
  for (; to < last; to += 4, from += 4) {
    const x = load<f32>(from);
    store<f32>(to, x < 0 ? factor * x : x);
  }
}
