// Activations over outputs of every length, and over numbers that are not.

import { clamp, leakyRelu } from '../../assembly/window/activate';
import { ActivateTask, Desk } from '../../src/shared/task';
import { block, get, put, reals, releaseAll } from './memory';

/** What an activation makes of a number; NaN stays NaN. */
function wanted(name: string, x: f32): f32 {
  if (isNaN(x)) return x;
  if (name == 'leakyRelu') return x > 0 ? x : <f32>0.25 * x;
  const positive: f32 = x > 0 ? x : 0;
  return name == 'relu6' && positive > 6 ? 6 : positive;
}

function activate(name: string, task: ActivateTask, desk: Desk, begin: i32, end: i32): void {
  if (name == 'leakyRelu') leakyRelu(task, desk, begin, end);
  else clamp(task, desk, begin, end);
}

/** Activates `count` numbers, the second half of the chunks first; says what is wrong, or nothing. */
function run(name: string, count: i32): string {
  // room for a whole last vector
  const target = reals((count + 3) & ~3);
  for (let i = 0; i < count; i++) put(target, i, get(target, i) * 10);
  put(target, 0, NaN);
  put(target, count / 2, -Infinity);
  put(target, count / 3, Infinity);
  const before = block(count);
  memory.copy(before, target, (<usize>count) << 2);
  const task = new ActivateTask();
  task.target = <i32>target;
  task.count = count;
  const operand: f32 = name == 'relu' ? Infinity : name == 'relu6' ? 6 : 0.25;
  task.operand = reinterpret<i32>(operand);
  const chunks = (count + 1023) / 1024;
  activate(name, task, new Desk(), chunks / 2, chunks);
  activate(name, task, new Desk(), 0, chunks / 2);

  let wrong = '';
  for (let i = 0; i < count; i++) {
    const x = get(before, i);
    const y = get(target, i);
    const right = wanted(name, x);
    if (y != right && !(isNaN(y) && isNaN(right))) wrong = `${y} of ${x}, expected ${right}`;
  }
  if (!releaseAll()) wrong = 'a store beside a block';
  return wrong == '' ? '' : `${name} of ${count}: ${wrong}`;
}

function runAll(name: string): void {
  for (let count = 1; count <= 40; count++) expect(run(name, count)).toBe('');
  for (let count = 1020; count <= 1030; count++) expect(run(name, count)).toBe('');
  expect(run(name, 5000)).toBe('');
}

describe('activations', () => {
  it('relu', () => runAll('relu'));
  it('relu6', () => runAll('relu6'));
  it('leakyRelu', () => runAll('leakyRelu'));
});
