// Transforms compared with the definition: values of the polynomial at the roots of the factor tree, and products of real polynomials.
// The factors are computed here one by one, down the tree.

import { block as transformBlock } from '../../assembly/fft/columns';
import { factorsOf } from '../../assembly/fft/factors';
import {
  FIRST,
  FORWARD,
  HALVES,
  INVERSE,
  NODE,
  nodeOf,
  PRODUCT,
  THIRD,
  TREES,
  Transform,
} from '../../assembly/fft/plan';
import { row } from '../../assembly/fft/row';
import { below, block, releaseAll } from './memory';

const DEPTHS: i32 = 6;

function put<T>(address: usize, index: i32, value: f64): void {
  store<T>(address + <usize>index * sizeof<T>(), <T>value);
}

function get<T>(address: usize, index: i32): f64 {
  return <f64>load<T>(address + <usize>index * sizeof<T>());
}

/** Lanes of a vector. */
function lanes<T>(): i32 {
  return 16 / <i32>sizeof<T>();
}

/** A node whose lane has this root, and all nodes below it. */
function putNode<T>(tree: usize, depth: i32, index: usize, lane: i32, angle: f64): void {
  const node = nodeOf(tree, depth, index);
  for (let power = 1; power <= 3; power++) {
    put<T>(node, (2 * power - 2) * lanes<T>() + lane, Math.cos((power * angle) / 4));
    put<T>(node, (2 * power - 1) * lanes<T>() + lane, Math.sin((power * angle) / 4));
  }
  if (depth + 1 == DEPTHS) return;
  for (let c: usize = 0; c < 4; c++)
    putNode<T>(tree, depth + 1, 4 * index + c, lane, angle / 4 + (<f64>c * Math.PI) / 2);
}

/** The angle of a lane's root below the first level. */
function laneAngle<T>(lane: i32): f64 {
  return (Math.PI / 2 + 2 * Math.PI * <f64>lane) / <f64>lanes<T>();
}

function tables<T>(): usize {
  const head = block(48);
  for (let power = 1; power <= 3; power++) {
    const angle = (<f64>power * Math.PI) / 2 / <f64>lanes<T>();
    put<T>(head + FIRST, 2 * power - 2, Math.cos(angle));
    put<T>(head + FIRST, 2 * power - 1, Math.sin(angle));
  }
  put<T>(head + HALVES, 0, 0.5);
  put<T>(head + HALVES, 1, Math.sqrt(0.75));
  const bytes = nodeOf(0, DEPTHS, 0);
  for (let which = 0; which < 4; which++) {
    const tree = block(<i32>(bytes >> 2));
    store<u32>(head + TREES + <usize>which * 4, <u32>tree);
    for (let lane = 0; lane < lanes<T>(); lane++) {
      const angle = laneAngle<T>(lane);
      if (which == 0) putNode<T>(tree, 0, 0, lane, angle);
      else putNode<T>(tree, 0, 0, lane, (angle + 2 * Math.PI * <f64>(which - 1)) / 3);
    }
  }
  for (let lane = 0; lane < lanes<T>(); lane++)
    for (let power = 1; power <= 2; power++) {
      const angle = (<f64>power * laneAngle<T>(lane)) / 3;
      put<T>(head + THIRD, (2 * power - 2) * lanes<T>() + lane, Math.cos(angle));
      put<T>(head + THIRD, (2 * power - 1) * lanes<T>() + lane, Math.sin(angle));
    }
  return head;
}

function transformOf<T>(length: i32, rows: i32, planes: i32): Transform {
  const transform = changetype<Transform>(block(8));
  transform.tables = tables<T>();
  transform.length = length;
  transform.rows = rows;
  transform.planes = planes;
  transform.work = numbers<T>(length);
  transform.spectrum = numbers<T>((length + length / 2) * rows * planes);
  return transform;
}

/** Allocates this many numbers. */
function numbers<T>(count: i32): usize {
  return block(count * <i32>(sizeof<T>() >> 2));
}

function random(): f64 {
  return <f64>(<f32>below(1 << 24) / <f32>(1 << 23) - 1);
}

/** The largest difference between a spectrum and the values at the roots below a node. */
function farthest<T>(spectrum: usize, position: i32, count: i32, lane: i32, angle: f64, x: f64[]): f64 {
  if (count > 1) {
    const radix = count % 3 == 0 ? 3 : count == 2 ? 2 : 4;
    let most: f64 = 0;
    for (let c = 0; c < radix; c++) {
      const child = (angle + 2 * Math.PI * <f64>c) / <f64>radix;
      const part = count / radix;
      most = Math.max(most, farthest<T>(spectrum, position + c * part, part, lane, child, x));
    }
    return most;
  }
  let re: f64 = 0;
  let im: f64 = 0;
  const half = x.length / 2;
  for (let j = 0; j < half; j++) {
    const cos = Math.cos(angle * <f64>j);
    const sin = Math.sin(angle * <f64>j);
    re += x[j] * cos - x[j + half] * sin;
    im += x[j] * sin + x[j + half] * cos;
  }
  const at = position * 2 * lanes<T>() + lane;
  return Math.max(Math.abs(get<T>(spectrum, at) - re), Math.abs(get<T>(spectrum, at + lanes<T>()) - im));
}

/** A forward transform of a row, compared with the definition. */
function valuesAreRight<T>(length: i32): bool {
  const transform = transformOf<T>(length, 1, 1);
  transform.mode = FORWARD;
  const from = numbers<T>(length);
  const x: f64[] = [];
  for (let i = 0; i < length; i++) {
    x.push(random());
    put<T>(from, i, x[i]);
  }
  row<T>(transform, from, from, transform.spectrum);
  let most: f64 = 0;
  const positions = length / 2 / lanes<T>();
  for (let lane = 0; lane < lanes<T>(); lane++)
    most = Math.max(most, farthest<T>(transform.spectrum, 0, positions, lane, laneAngle<T>(lane), x));
  return releaseAll() && most < (sizeof<T>() == 4 ? 1e-6 : 1e-13) * Math.sqrt(<f64>length) * 4;
}

/** Forward and inverse give the same numbers, times half their count. */
function comesBack<T>(length: i32, rows: i32, planes: i32): bool {
  const transform = transformOf<T>(length, rows, planes);
  const all = rows * planes;
  const at = numbers<T>(length * all);
  const x: f64[] = [];
  for (let i = 0; i < length * all; i++) {
    x.push(random());
    put<T>(at, i, x[i]);
  }
  transform.mode = FORWARD;
  transformBlock<T>(transform, at);
  transform.mode = INVERSE;
  transformBlock<T>(transform, at);
  const scale = <f64>(length / 2) * <f64>all;
  let most: f64 = 0;
  for (let i = 0; i < length * all; i++) {
    const got = get<T>(at, i);
    most = Math.max(most, Math.abs(got / scale - x[i]));
  }
  return releaseAll() && most < (sizeof<T>() == 4 ? 2e-6 : 4e-15);
}

/** The product of two blocks is their convolution where nothing wraps around. */
function convolves<T>(length: i32, rows: i32, planes: i32, taps: i32, down: i32, deep: i32): bool {
  const transform = transformOf<T>(length, rows, planes);
  const pitch = <usize>length * sizeof<T>();
  const bytes = pitch * <usize>(rows * planes);
  const signal = block(<i32>(bytes >> 2));
  const kernel = block(<i32>(bytes >> 2));
  for (let i = 0; i < rows * planes; i++)
    for (let j = 0; j < length; j++) {
      put<T>(signal + <usize>i * pitch, j, random());
      const isTap = j < taps && i % rows < down && i / rows < deep;
      put<T>(kernel + <usize>i * pitch, j, isTap ? random() : 0);
    }
  const x: f64[] = [];
  const h: f64[] = [];
  for (let i = 0; i < rows * planes; i++)
    for (let j = 0; j < length; j++) {
      x.push(get<T>(signal + <usize>i * pitch, j));
      h.push(get<T>(kernel + <usize>i * pitch, j));
    }
  transform.mode = FORWARD;
  transformBlock<T>(transform, kernel);
  factorsOf<T>(transform);
  transform.mode = PRODUCT;
  transformBlock<T>(transform, signal);
  const scale = <f64>(length / 2) * <f64>(rows * planes);
  let most: f64 = 0;
  for (let p = deep - 1; p < planes; p++)
    for (let r = down - 1; r < rows; r++)
      for (let j = taps - 1; j < length; j++) {
        let sum: f64 = 0;
        for (let a = 0; a < deep; a++)
          for (let b = 0; b < down; b++)
            for (let c = 0; c < taps; c++)
              sum += h[(a * rows + b) * length + c] * x[((p - a) * rows + r - b) * length + j - c];
        const got = get<T>(signal + <usize>(p * rows + r) * pitch, j) / scale;
        most = Math.max(most, Math.abs(got - sum));
      }
  return releaseAll() && most < (sizeof<T>() == 4 ? 4e-6 : 1e-14);
}

describe('a row', () => {
  it('has the values at the roots of its tree, in its order', () => {
    for (let length = 32; length <= 512; length *= 2) {
      expect(valuesAreRight<f32>(length)).toBe(true, `${length} of f32`);
      expect(valuesAreRight<f64>(length)).toBe(true, `${length} of f64`);
    }
    for (let length = 96; length <= 768; length *= 2) {
      expect(valuesAreRight<f32>(length)).toBe(true, `${length} of f32`);
      expect(valuesAreRight<f64>(length)).toBe(true, `${length} of f64`);
    }
  });

  it('comes back, also where it is divided before it is walked level by level', () => {
    for (let length = 32; length <= 16384; length *= 2) {
      expect(comesBack<f32>(length, 1, 1)).toBe(true, `${length} of f32`);
      if (length <= 8192) expect(comesBack<f64>(length, 1, 1)).toBe(true, `${length} of f64`);
    }
    expect(comesBack<f32>(3072, 1, 1)).toBe(true);
    expect(comesBack<f64>(3072, 1, 1)).toBe(true);
  });

  it('is convolved by a product', () => {
    expect(convolves<f32>(32, 1, 1, 5, 1, 1)).toBe(true);
    expect(convolves<f32>(256, 1, 1, 100, 1, 1)).toBe(true);
    expect(convolves<f32>(128, 1, 1, 30, 1, 1)).toBe(true);
    expect(convolves<f32>(192, 1, 1, 30, 1, 1)).toBe(true);
    expect(convolves<f32>(384, 1, 1, 100, 1, 1)).toBe(true);
    expect(convolves<f64>(64, 1, 1, 30, 1, 1)).toBe(true);
    expect(convolves<f64>(128, 1, 1, 30, 1, 1)).toBe(true);
    expect(convolves<f64>(96, 1, 1, 30, 1, 1)).toBe(true);
  });
});

describe('a block', () => {
  it('comes back', () => {
    for (let rows = 4; rows <= 64; rows *= 2) {
      expect(comesBack<f32>(32, rows, 1)).toBe(true, `${rows} rows of f32`);
      expect(comesBack<f64>(32, rows, 1)).toBe(true, `${rows} rows of f64`);
    }
    expect(comesBack<f32>(32, 12, 48)).toBe(true);
    expect(comesBack<f64>(96, 24, 8)).toBe(true);
    expect(comesBack<f32>(32, 1, 16)).toBe(true);
  });

  it('is convolved by a product', () => {
    expect(convolves<f32>(32, 8, 1, 3, 4, 1)).toBe(true);
    expect(convolves<f32>(96, 48, 1, 5, 3, 1)).toBe(true);
    expect(convolves<f32>(64, 24, 4, 5, 3, 2)).toBe(true);
    expect(convolves<f32>(32, 4, 12, 3, 2, 4)).toBe(true);
    expect(convolves<f64>(32, 16, 1, 3, 4, 1)).toBe(true);
    expect(convolves<f64>(32, 12, 4, 3, 5, 2)).toBe(true);
  });
});

describe('tables', () => {
  it('have a node for each path', () => {
    expect(nodeOf(0, 0, 0)).toBe(0);
    expect(nodeOf(0, 1, 0)).toBe(NODE);
    expect(nodeOf(0, 2, 3)).toBe(8 * NODE);
  });
});
