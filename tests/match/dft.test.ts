// The exact Fourier transform of any length: against the definition, and by what must hold for it.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { dft, inverseDft, zoomDft } from '#src/match/dft/dft.js';
import { type ComplexNumbers, complexZeros, cosine, fastLength, sine } from '#src/match/dft/length.js';
import { uniform } from '../helpers/numbers.js';

function random(count: number, seed: number): ComplexNumbers {
  const next = uniform(seed);
  const x = complexZeros(count);
  for (let i = 0; i < count; i++) {
    x.re[i] = next() - 0.5;
    x.im[i] = next() - 0.5;
  }
  return x;
}

const copyOf = ({ re, im }: ComplexNumbers): ComplexNumbers => ({ re: re.slice(), im: im.slice() });

/** By the definition, with angles reduced in whole numbers. */
function byDefinition(x: ComplexNumbers, shape: readonly number[]): ComplexNumbers {
  let [from, step] = [x, x.re.length];
  for (const n of shape) {
    step /= n;
    const to = complexZeros(from.re.length);
    const turns = Array.from({ length: n }, (_, k) => [
      Math.cos((2 * Math.PI * k) / n),
      -Math.sin((2 * Math.PI * k) / n),
    ]);
    for (let at = 0; at < to.re.length; at++) {
      const k = Math.floor(at / step) % n;
      for (let j = 0; j < n; j++) {
        const [c, s] = turns[(j * k) % n];
        const source = at + (j - k) * step;
        to.re[at] += from.re[source] * c - from.im[source] * s;
        to.im[at] += from.re[source] * s + from.im[source] * c;
      }
    }
    from = to;
  }
  return from;
}

const energy = ({ re, im }: ComplexNumbers) => re.reduce((sum, value, i) => sum + value ** 2 + im[i] ** 2, 0);

/** The largest error, in units of 2^-53 times the norm of what was transformed. */
function units(got: ComplexNumbers, want: ComplexNumbers, norm: number): number {
  let worst = 0;
  for (let i = 0; i < want.re.length; i++)
    worst = Math.max(worst, Math.hypot(got.re[i] - want.re[i], got.im[i] - want.im[i]));
  assert.ok(got.re.every(Number.isFinite) && got.im.every(Number.isFinite));
  return worst / norm / 2 ** -53;
}

describe('the transform', () => {
  it('is the definition for every length to 140, and for longer ones of each kind', () => {
    const lengths = [
      ...Array.from({ length: 140 }, (_, i) => i + 1),
      ...[175, 211, 240, 243, 256, 257, 343, 385, 449, 512, 509, 625, 707, 1000, 1024],
    ];
    for (const n of lengths) {
      const x = random(n, n);
      const want = byDefinition(x, [n]);
      const norm = Math.sqrt(energy(x));
      dft(x, [n]);
      // the definition itself adds n products: √n of its roundings
      const off = units(x, want, norm);
      assert.ok(off < 8 + 4 * Math.log2(n) + Math.sqrt(n), `${n}: ${off} units`);
    }
  });

  it('goes along every axis', () => {
    for (const shape of [
      [5, 7],
      [8, 9],
      [3, 1, 11],
      [4, 6, 5],
      [2, 3, 2, 5],
      [1, 1],
      [17, 40],
    ]) {
      const x = random(
        shape.reduce((a, b) => a * b),
        7,
      );
      const want = byDefinition(x, shape);
      const norm = Math.sqrt(energy(x));
      dft(x, shape);
      const off = units(x, want, norm);
      assert.ok(off < 60, `${shape}: ${off} units`);
    }
  });

  it('comes back, and keeps the energy, for sizes of pictures and volumes', () => {
    for (const shape of [[303, 384], [211, 300], [1080], [65536], [10007], [37, 23, 29], [3, 4999]]) {
      const count = shape.reduce((a, b) => a * b);
      const x = random(count, 3);
      const before = copyOf(x);
      dft(x, shape);
      const ratio = energy(x) / count / energy(before);
      assert.ok(Math.abs(ratio - 1) < 1e-13, `${shape}: energy times ${ratio}`);
      inverseDft(x, shape);
      for (const plane of [x.re, x.im]) for (let i = 0; i < count; i++) plane[i] /= count;
      const off = units(x, before, Math.sqrt(energy(before)));
      assert.ok(off < 4, `${shape}: ${off} units`);
    }
  });

  it('turns a unit at j into e^(-2πi·j·k/n), of long lengths too', () => {
    for (const [n, j] of [
      [10007, 1234],
      [16384, 5001],
      [16807, 16806],
      [30030, 77],
    ]) {
      const x = complexZeros(n);
      x.re[j] = 1;
      dft(x, [n]);
      for (let k = 0; k < n; k += 97) {
        const turn = (j * k) % n;
        assert.ok(Math.abs(x.re[k] - cosine(turn, n)) < 2e-14, `${n} ${k}`);
        assert.ok(Math.abs(x.im[k] + sine(turn, n)) < 2e-14, `${n} ${k}`);
      }
    }
  });

  it('at any frequencies is the definition, along every axis', () => {
    // n, numbers between elements, number of results, first frequency, period: of fewer and of more results than elements
    for (const [n, inner, size, first, period] of [
      [8, 1, 5, -2, 800],
      [9, 4, 33, 1000.5, 22.5],
      [64, 3, 7, -31 * 256 - 3, 64 * 256],
      [101, 2, 1, 0, 101e6],
      [1, 6, 4, 3, 10],
      [250, 1, 385, 124 * 256 - 192, 250 * 256],
    ]) {
      const x = random(3 * n * inner, n);
      const got = zoomDft(x, n, inner, size, first, period);
      const want = complexZeros(3 * size * inner);
      for (let at = 0; at < want.re.length; at++) {
        const [item, d, q] = [Math.floor(at / inner / size), Math.floor(at / inner) % size, at % inner];
        for (let k = 0; k < n; k++) {
          const angle = (-2 * Math.PI * (((2 * k < n ? k : k - n) * (first + d)) % period)) / period;
          const from = (item * n + k) * inner + q;
          want.re[at] += x.re[from] * Math.cos(angle) - x.im[from] * Math.sin(angle);
          want.im[at] += x.re[from] * Math.sin(angle) + x.im[from] * Math.cos(angle);
        }
      }
      const off = units(got, want, Math.sqrt(energy(x)));
      assert.ok(off < 60, `${[n, inner, size, first, period]}: ${off} units`);
    }
  });

  it('does not depend on which lengths came before', () => {
    const x = random(77, 1);
    const first = copyOf(x);
    dft(first, [77]);
    for (let n = 1; n < 80; n++) dft(random(n, n), [n]);
    dft(x, [77]);
    assert.deepEqual(x, first);
  });
});

describe('its tables', () => {
  it('are right in every eighth of a turn, with either sign, and exact at the quarters', () => {
    for (let k = -50; k <= 50; k++) {
      const angle = (2 * Math.PI * k) / 24;
      assert.ok(Math.abs(cosine(k, 24) - Math.cos(angle)) < 3e-15);
      assert.ok(Math.abs(sine(k, 24) - Math.sin(angle)) < 3e-15);
      assert.ok(Math.abs(cosine(k + 0.25, 24) - Math.cos(angle + Math.PI / 48)) < 3e-15);
    }
    assert.deepEqual(
      [0, 1, 2, 3].map((k) => cosine(k, 4) + 0),
      [1, 0, -1, 0],
    );
    assert.deepEqual(
      [0, 1, 2, 3].map((k) => sine(k, 4) + 0),
      [0, 1, 0, -1],
    );
  });

  it('know the next fast length', () => {
    assert.deepEqual([1, 7, 11, 13, 97, 1023, 1025].map(fastLength), [1, 8, 12, 15, 100, 1024, 1080]);
  });
});
