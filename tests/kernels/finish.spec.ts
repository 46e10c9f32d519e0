// Finish: factors, addends and activations for runs of every length, in place and while copying, and for values that are not finite.

import { finish } from '../../assembly/window/finish';
import {
  CLAMP,
  GELU,
  HARDSWISH,
  LEAKY_RELU,
  NO_ACTIVATION,
  SIGMOID,
  SILU,
  TANH,
} from '../../src/shared/sizes';
import { FinishTask, Workspace } from '../../src/shared/task';
import { block, get, put, reals, releaseAll } from './memory';

/** An activation in float64; gelu by Simpson's rule. */
function wanted(kind: i32, operand: f64, x: f64): f64 {
  if (isNaN(x)) return x;
  if (kind == CLAMP) return min(max(x, 0), operand);
  if (kind == LEAKY_RELU) return x < 0 ? operand * x : x;
  if (kind == HARDSWISH) return (x * min(max(x + 3, 0), 6)) / 6;
  if (kind == TANH) return Math.tanh(x);
  if (kind == SIGMOID) return 1 / (1 + Math.exp(-x));
  if (kind == SILU) return x / (1 + Math.exp(-x));
  if (kind == GELU) {
    if (abs(x) == Infinity) return x > 0 ? x : NaN;
    let area: f64 = 0;
    const step = x / 400;
    for (let i = 0; i <= 400; i++) {
      const t = step * i;
      area += Math.exp((-t * t) / 2) * (i == 0 || i == 400 ? 1 : i % 2 ? 4 : 2);
    }
    return x * (0.5 + (area * step) / 3 / Math.sqrt(2 * Math.PI));
  }
  return x;
}

/** Finishes `count` numbers, the second half of the chunks first. Returns what is wrong, or an empty string. */
function run(kind: i32, count: i32, scale: f32, adds: bool, moves: bool): string {
  const source = reals(count);
  for (let i = 0; i < count; i++) put(source, i, get(source, i) * 10);
  put(source, 0, NaN);
  put(source, count / 2, -Infinity);
  put(source, count / 3, Infinity);
  const before = block(count);
  memory.copy(before, source, (<usize>count) << 2);
  const addend = reals(count);
  const target = moves ? block(count) : source;
  const operand: f32 = kind == CLAMP ? 6 : 0.25;
  const task = new FinishTask();
  task.source = <i32>source;
  task.target = <i32>target;
  task.addend = adds ? <i32>addend : 0;
  task.count = count;
  task.scale = reinterpret<i32>(scale);
  task.kind = kind;
  task.operand = reinterpret<i32>(operand);
  const chunks = (count + 1023) / 1024;
  finish(task, new Workspace(), chunks / 2, chunks);
  finish(task, new Workspace(), 0, chunks / 2);

  let wrong = '';
  for (let i = 0; i < count; i++) {
    let x = get(before, i) * scale;
    if (adds) x += get(addend, i);
    const y = <f64>get(target, i);
    const right = wanted(kind, operand, x);
    const isSame = y == right || (isNaN(y) && isNaN(right));
    if (!isSame && !(abs(y - right) <= 3e-7 * max(abs(right), kind == GELU ? 0.1 : 0)))
      wrong = `${y} of ${x}, expected ${right}`;
  }
  if (!releaseAll()) wrong = 'a store beside a block';
  return wrong == '' ? '' : `activation ${kind} of ${count}, scale ${scale}: ${wrong}`;
}

function runAll(kind: i32): void {
  for (let count = 1; count <= 40; count++) {
    const scale: f32 = count % 3 == 0 ? -0.5 : 1;
    expect(run(kind, count, scale, (count & 1) != 0, (count & 2) != 0)).toBe('');
  }
  for (let count = 1020; count <= 1030; count++) {
    expect(run(kind, count, 1, (count & 1) != 0, (count & 2) != 0)).toBe('');
  }
  expect(run(kind, 5000, 1.5, true, true)).toBe('');
  expect(run(kind, 5000, 1, false, true)).toBe('');
}

/** Finishes `count` numbers in place at the end of memory: a load or a store past them traps. */
function runAtTheEnd(kind: i32, count: i32): f32 {
  const task = new FinishTask();
  const workspace = new Workspace();
  memory.grow(1);
  task.source = <i32>(((<usize>memory.size()) << 16) - ((<usize>count) << 2));
  task.target = task.source;
  task.addend = task.source;
  task.count = count;
  task.scale = reinterpret<i32>(<f32>-3);
  task.kind = kind;
  for (let i = 0; i < count; i++) put(<usize>task.source, i, 1);
  finish(task, workspace, 0, (count + 1023) / 1024);
  return get(<usize>task.source, count - 1);
}

describe('finish', () => {
  it('reads and writes nothing beyond a run, not even to put it back', () => {
    for (let count = 1; count <= 20; count++) {
      expect(runAtTheEnd(NO_ACTIVATION, count)).toBe(-2);
      expect(runAtTheEnd(LEAKY_RELU, count)).toBe(-0);
      expect(runAtTheEnd(HARDSWISH, count)).toBe(<f32>-1 / 3);
      expect(abs(runAtTheEnd(SIGMOID, count) - <f32>0.1192029)).toBeLessThan(1e-6);
      expect(abs(runAtTheEnd(TANH, count) + <f32>0.9640276)).toBeLessThan(1e-6);
    }
    expect(runAtTheEnd(NO_ACTIVATION, 1027)).toBe(-2);
  });
  it('without an activation', () => runAll(NO_ACTIVATION));
  it('clamp', () => runAll(CLAMP));
  it('leakyRelu', () => runAll(LEAKY_RELU));
  it('hardswish', () => runAll(HARDSWISH));
  it('tanh', () => runAll(TANH));
  it('sigmoid', () => runAll(SIGMOID));
  it('silu', () => runAll(SILU));
  it('gelu', () => runAll(GELU));
});
