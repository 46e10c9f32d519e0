// Layers and calls that take turns: none may see what another left behind, and the same call gives the same bits.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { functional, settings, type Tensor, tensor } from 'convnd';
import { algorithms } from '#src/plan/choice.js';
import { type AnyLayer, functionalOf, problemLayer } from '../helpers/build.js';
import { assertSame, assertTransformed, assertWithinBound } from '../helpers/compare.js';
import { parseLine } from '../helpers/lines.js';
import { integers, reals, uniform } from '../helpers/numbers.js';
import { unlessUnable } from '../helpers/takes.js';
import { inputShape, type Problem, product, reference, weightShape } from '../reference/reference.js';

const lines = [
  'n1 g1 c3 f8 i9x9 k3x3 p1x1',
  'n2 g1 c8 f3 i30 k5 s2 p2',
  'n1 g4 c4 f4 i12x13 k3x3 p1x1 reflect',
  'n1 g1 c2 f3 i5x6x7 k2x2x2',
  'T n1 g1 c4 f6 i7x5 k4x4 s2x2 p1x1',
  'T n1 g2 c4 f6 i20 k3 s3 o1',
  'n1 g1 c40 f30 i1x1 k1x1',
  'n3 g1 c1 f1 i3 k3',
  'n1 g1 c20 f20 i300 k7 p3 circular',
  'n1 g1 c16 f16 i14x15 k3x3 p1x1',
  'n1 g1 c8 f9 i6x13x12 k3x3x3 p1x1x1',
];

interface Turn {
  line: string;
  problem: Problem;
  layer: AnyLayer;
  x: Tensor;
  y: Float32Array;
}

function turn(line: string, seed: number): Turn {
  const problem = parseLine(line);
  const layer = problemLayer(problem, true);
  const x = tensor(reals(product(inputShape(problem)), seed), inputShape(problem));
  return { line, problem, layer, x, y: layer.forward(x).data };
}

describe('layers that take turns', () => {
  it('give the same bits every time', () => {
    const turns = lines.map(turn);
    for (const { problem, layer, x, y, line } of turns) {
      assertTransformed(y, reference(problem, x.data, layer.weight.data, layer.bias?.data), line);
    }
    const next = uniform(1);
    for (let round = 0; round < 300; round++) {
      const { line, layer, x, y } = turns[Math.floor(next() * turns.length)];
      assertSame(layer.forward(x).data, y, `round ${round}: ${line}`);
    }
  });

  it('give the same bits after memory has grown', () => {
    const turns = lines.map(turn);
    const large = parseLine('n1 g1 c64 f64 i300x300 k1x1');
    problemLayer(large, true).forward(tensor(reals(product(inputShape(large)), 1), inputShape(large)));
    for (const { line, layer, x, y } of turns) assertSame(layer.forward(x).data, y, line);
  });

  it('do not see NaN and infinities that another computed', () => {
    const turns = lines.map(turn);
    for (const { problem, layer, x } of turns) {
      for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
        layer.forward(tensor(new Float32Array(x.data.length).fill(value), inputShape(problem)));
      }
      for (const other of turns) assertSame(other.layer.forward(other.x).data, other.y, other.line);
    }
  });

  it('and inputs of many sizes give what a new layer gives', () => {
    const next = uniform(2);
    for (const line of lines) {
      const problem = parseLine(line);
      const layer = problemLayer(problem, true);
      for (let round = 0; round < 40; round++) {
        const p = { ...problem, batch: Math.floor(next() * 3) };
        p.input = problem.input.map((size) => size + Math.floor(next() * 4));
        const x = tensor(integers(product(inputShape(p)), round), inputShape(p));
        const wanted = reference(p, x.data, layer.weight.data, layer.bias!.data);
        layer.winograd = round % 2 === 0 ? 'never' : 'auto';
        const compare = round % 2 === 0 ? assertWithinBound : assertTransformed;
        compare(layer.forward(x).data, wanted, `${line}, [${x.shape}]`);
      }
    }
  });
});

describe('algorithms that take turns in a layer', () => {
  // tiles of one row and of three, four and five have as many rows
  for (const line of [
    'n1 g4 c4 f12 i18x18 k3x3',
    'n2 g2 c2 f10 i5x17x17 k2x3x3',
    'T n1 g2 c4 f6 i18x18 k2x2 s2x2',
  ]) {
    it(`each read weights that are packed for them: ${line}`, () => {
      const problem = parseLine(line);
      const layer = problemLayer(problem, true);
      const x = tensor(integers(product(inputShape(problem)), 1), inputShape(problem));
      const wanted = reference(problem, x.data, layer.weight.data, layer.bias!.data);
      const taken = new Set<string>();
      for (const { name } of [...algorithms, ...algorithms]) {
        layer.algorithm = name;
        const y = unlessUnable(() => layer.forward(x));
        if (y === undefined) continue;
        const compare = name === 'winograd' ? assertTransformed : assertWithinBound;
        compare(y.data, wanted, name);
        taken.add(name);
      }
      assert.ok(taken.size > 1);
    });
  }
});

describe('functionals on one array of weights', () => {
  it('are right whatever it was used for before', () => {
    settings.winograd = 'never';
    const data = integers(144, 3);
    const uses = [
      'n1 g1 c4 f4 i6x6 k3x3',
      'n1 g2 c8 f4 i6x6 k3x3',
      'n1 g4 c4 f36 i6x6 k2x2',
      'n1 g4 c16 f4 i6x6 k3x3',
      'n1 g4 c4 f16 i6x6 k3x3',
      'T n1 g1 c4 f4 i6x6 k3x3',
      'T n1 g4 c4 f16 i6x6 k3x3',
      'T n1 g4 c16 f4 i6x6 k3x3',
      'n1 g1 c2 f8 i6x6 k3x3',
      'n1 g1 c8 f2 i6x6 k3x3',
      'n1 g1 c16 f1 i6x6 k3x3',
      'n1 g1 c1 f16 i6x6 k3x3',
      'n1 g1 c4 f4 i11 k9',
      'n1 g1 c12 f12 i16 k1',
      'n1 g12 c144 f12 i16 k1',
      'T n1 g1 c12 f12 i16 k1',
      'n1 g1 c9 f16 i9 k1',
      'n1 g1 c2 f2 i4x4x5 k3x3x4',
    ].map(parseLine);
    const next = uniform(4);
    for (let round = 0; round < 400; round++) {
      const p = uses[Math.floor(next() * uses.length)];
      const call = functionalOf(`conv${p.transposed ? '_transpose' : ''}${p.kernel.length}d`);
      const bias = next() < 0.5 ? integers(p.filters, round) : null;
      if (next() < 0.2) data[Math.floor(next() * data.length)] = Math.floor(next() * 9) - 4;
      const x = tensor(integers(product(inputShape(p)), round), inputShape(p));
      const y = call(x, tensor(data, weightShape(p)), bias && tensor(bias, [p.filters]), {
        groups: p.groups,
      });
      const wanted = reference(p, x.data, data, bias);
      assert.deepEqual(y.shape, wanted.shape);
      assertSame(y.data, wanted.output, `round ${round}: g${p.groups} [${weightShape(p)}]`);
    }
  });

  it('with a bias, without one and with another', () => {
    const weight = tensor(Float32Array.of(2), [1, 1, 1]);
    const runs = [null, [5], null, [7], [7], null].map(
      (bias) => functional.conv1d([[3]], weight, bias).data[0],
    );
    assert.deepEqual(runs, [6, 11, 6, 13, 13, 6]);
  });

  it('see a part of a larger array by itself', () => {
    const whole = Float32Array.of(1, 2, 3, 4, 5);
    const x = tensor([[1, 1, 1]]);
    const run = (from: number): number[] => [
      ...functional.conv1d(x, tensor(whole.subarray(from, from + 2), [1, 1, 2])).data,
    ];
    assert.deepEqual(
      [run(0), run(1), run(3), run(0)],
      [
        [3, 3],
        [5, 5],
        [9, 9],
        [3, 3],
      ],
    );
    whole[1] = 10;
    assert.deepEqual(
      [run(0), run(1)],
      [
        [11, 11],
        [13, 13],
      ],
    );
  });

  it('may use one tensor as input and weight', () => {
    const x = tensor([[[1, 2, 3]]]);
    assertSame(functional.conv1d(x, x).data, [14], 'conv1d(x, x)');
    assertSame(functional.conv1d(x, x, null, { padding: 2 }).data, [3, 8, 14, 8, 3], 'padded');
  });
});
