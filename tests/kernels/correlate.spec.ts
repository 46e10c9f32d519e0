// The register tiles compared with their formula, for every kind of operand.

import { correlate10x4 } from '../../assembly/kernels/correlate10x4';
import { correlate20x1 } from '../../assembly/kernels/correlate20x1';
import { correlate, correlateInPlace } from '../../assembly/schedule/register-tile';
import { below, block, get, integers, put, releaseAll, untouched } from './memory';

/** Numbers between the rows of `b` when it is read in place. */
const WINDOW = 100;

/** Calls a tile of eight pixels, or in place a row of tiles. Returns what is wrong, or an empty string. */
function run(filters: i32, pixels: i32, terms: i32, row: i32, inPlace: bool, add: bool): string {
  const a = integers(filters * terms);
  const b = integers(inPlace ? WINDOW + pixels : 8 * terms);
  const bias = integers(filters);
  const c = block((filters - 1) * row + pixels);
  const before = block(filters * pixels);
  const taps = block(terms);
  for (let term = 0; term < terms; term++) store<i32>(taps + ((<usize>term) << 2), below(WINDOW) << 2);
  for (let f = 0; f < filters; f++) {
    for (let p = 0; p < pixels; p++) {
      const old: f32 = add ? <f32>below(100) : 0;
      put(before, pixels * f + p, old);
      if (add) put(c, f * row + p, old);
    }
  }

  const bytes = (<usize>row) << 2;
  if (inPlace) correlateInPlace(filters, terms, a, b, taps, c, bytes, bias, pixels);
  else correlate(filters, terms, a, b, c, bytes, bias, add);

  let wrong = '';
  for (let f = 0; f < filters; f++) {
    for (let p = 0; p < row; p++) {
      if (p >= pixels) {
        if (f < filters - 1 && !untouched(c, f * row + p))
          wrong = `filter ${f}: a store beside the tile at ${p}`;
        continue;
      }
      let sum = get(before, pixels * f + p) + get(bias, f);
      for (let term = 0; term < terms; term++) {
        const from = inPlace ? load<i32>(taps + ((<usize>term) << 2)) >> 2 : 8 * term;
        sum += get(a, filters * term + f) * get(b, from + p);
      }
      if (get(c, f * row + p) != sum)
        wrong = `filter ${f}, pixel ${p}: ${get(c, f * row + p)}, expected ${sum}`;
    }
  }
  if (!releaseAll()) wrong = 'a store beside a block';
  return wrong == '' ? '' : `${filters}x${pixels}, ${terms} terms, rows of ${row}: ${wrong}`;
}

function runAll(filters: i32, add: bool): void {
  for (let terms = 0; terms <= 12; terms++) {
    for (let row = 8; row <= 13; row++) expect(run(filters, 8, terms, row, false, add)).toBe('');
  }
  expect(run(filters, 8, 512, 8, false, add)).toBe('');
}

/** Two tiles of five filters on the first four pixels of a panel; between their weights are `between` others. */
function runPair(terms: i32, between: i32, row: i32, add: bool): string {
  const filters = 5;
  const next = filters * terms + between;
  const a = integers(next + filters * terms);
  const b = integers(8 * terms);
  const bias = integers(2 * filters);
  const c = block((2 * filters - 1) * row + 4);
  const before = integers(8 * filters);
  if (add)
    for (let f = 0; f < 2 * filters; f++)
      for (let p = 0; p < 4; p++) put(c, f * row + p, get(before, 4 * f + p));
  correlate10x4(terms, a, (<usize>next) << 2, b, c, (<usize>row) << 2, bias, add);

  let wrong = '';
  for (let f = 0; f < 2 * filters; f++) {
    const weights = f < filters ? f : next + f - filters;
    for (let p = 0; p < 4; p++) {
      let sum = get(bias, f) + (add ? get(before, 4 * f + p) : 0);
      for (let term = 0; term < terms; term++) sum += get(a, weights + filters * term) * get(b, 8 * term + p);
      if (get(c, f * row + p) != sum)
        wrong = `filter ${f}, pixel ${p}: ${get(c, f * row + p)}, expected ${sum}`;
    }
    for (let p = 4; p < row && f < 2 * filters - 1; p++)
      if (!untouched(c, f * row + p)) wrong = `filter ${f}: a store beside the tile at ${p}`;
  }
  if (!releaseAll()) wrong = 'a store beside a block';
  return wrong == '' ? '' : `${2 * filters}x4, ${terms} terms, ${between} between, rows of ${row}: ${wrong}`;
}

function runPairs(add: bool): void {
  for (let terms = 0; terms <= 12; terms++) {
    for (let row = 4; row <= 9; row++) expect(runPair(terms, below(3) * 5, row, add)).toBe('');
  }
  expect(runPair(512, 0, 8, add)).toBe('');
}

/** Four tiles of five filters on the first pixel of a panel. */
function runDown(terms: i32): string {
  const a = integers(20 * terms);
  const b = integers(8 * terms);
  const bias = integers(20);
  const to = block(23);
  correlate20x1(terms, a, b, to, bias);
  let wrong = '';
  for (let f = 0; f < 20; f++) {
    const tile = f / 5;
    let sum = get(bias, f);
    for (let term = 0; term < terms; term++)
      sum += get(a, 5 * (tile * terms + term) + (f % 5)) * get(b, 8 * term);
    if (get(to, f) != sum) wrong = `filter ${f}: ${get(to, f)}, expected ${sum}`;
  }
  if (!releaseAll()) wrong = 'a store beside a block';
  return wrong == '' ? '' : `${terms} terms: ${wrong}`;
}

/** In place, for rows of any width from one tile on. */
function runRows(filters: i32): void {
  for (let width = 8; width <= 33; width++) {
    for (let terms = 0; terms <= 4; terms++)
      for (let epilogue = 0; epilogue < 2; epilogue++)
        expect(run(filters, width, terms, width + epilogue, true, false)).toBe('');
  }
  expect(run(filters, 20, 512, 24, true, false)).toBe('');
}

describe('correlate', () => {
  it('5x8 over a packed panel', () => runAll(5, false));
  it('5x8 over a packed panel, added to what is there', () => runAll(5, true));
  it('5x8 in place, along rows', () => runRows(5));
  it('10x4 over a packed panel', () => runPairs(false));
  it('10x4 over a packed panel, added to what is there', () => runPairs(true));
  it('20x1 over a packed panel', () => {
    for (let terms = 0; terms <= 12; terms++) expect(runDown(terms)).toBe('');
    expect(runDown(512)).toBe('');
  });
  it('4x8 over a packed panel', () => runAll(4, false));
  it('4x8 over a packed panel, added to what is there', () => runAll(4, true));
  it('4x8 in place, along rows', () => runRows(4));
  it('3x8 over a packed panel', () => runAll(3, false));
  it('3x8 over a packed panel, added to what is there', () => runAll(3, true));
  it('3x8 in place, along rows', () => runRows(3));
});
