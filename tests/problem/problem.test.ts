// Problem lines: there and back again, what they refuse, and what they count.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { unit } from '#src/geometry/axis.js';
import { convolutionOf } from '#src/problem/convolution.js';
import { formatProblem, parseProblem } from '#src/problem/line.js';
import { plainKind } from '#src/problem/plain.js';
import { flops } from '#src/problem/problem.js';
import { transposedKind } from '#src/problem/transposed.js';
import { triplesOf } from '../helpers/axes.js';
import { problems } from '../helpers/draws.js';
import { problemLine } from '../helpers/lines.js';
import { inputShape, outputSizes, product, reference, weightShape } from '../reference/reference.js';

describe('a problem line', () => {
  it('parses into the problem it names, and prints as it was', () => {
    fc.assert(
      fc.property(problems, (p) => {
        const line = problemLine(p);
        const parsed = parseProblem(line);
        assert.equal(formatProblem(parsed), line);
        const { transposed, batch, groups, channels, filters, input, kernel, stride, dilation } = p;
        assert.deepEqual(parsed, {
          kind: transposed ? transposedKind : plainKind,
          rank: input.length,
          batch,
          groups,
          channels,
          filters,
          input,
          upsample: input.map(() => 1),
          kernel,
          stride,
          dilation,
          paddingBegin: p.padding.map(([begin]) => begin),
          paddingEnd: p.padding.map(([, end]) => end),
          outputPadding: p.outputPadding,
          paddingMode: p.mode,
          output: outputSizes(p),
        });
      }),
      { numRuns: 1000 },
    );
  });

  it('leaves out what has its default, and takes one size for all axes', () => {
    const same = (short: string, long: string) => assert.deepEqual(parseProblem(short), parseProblem(long));
    same('c3 f4 i5x6', 'n1 g1 c3 f4 i5x6 k1x1 s1x1 p0x0 d1x1 o0x0');
    same('  i9x9x9  c2   f2 k3 p1 s2 n1 g1 ', 'n1 g1 c2 f2 i9x9x9 k3x3x3 s2x2x2 p1x1x1');
    same('n1 c2 f2 i9x9 k2 p0:1', 'n1 g1 c2 f2 i9x9 k2x2 p0:1x0:1');
    assert.equal(formatProblem(parseProblem('c3 f4 i5x6')), 'n1 g1 c3 f4 i5x6 k1x1');
    assert.equal(formatProblem(parseProblem('T i4 c2 f2 k4 s2 p1 o1 n1 g1')), 'T n1 g1 c2 f2 i4 k4 s2 p1 o1');
  });

  for (const [line, why] of [
    ['', /no place|needs i/],
    ['n1 g1 c3 f4 k3', /needs i/],
    ['n1 g1 f4 i9 k3', /needs c/],
    ['n1 g1 c3 i9 k3', /needs f/],
    ['n1 g1 c3 f4 i9 k3 k3', /'k3' has no place/],
    ['n1 g1 c3 f4 i9 k3 z1', /'z1' has no place/],
    ['n1 g1 c3 f4 i9 k3 mirror', /'mirror' has no place/],
    ['n1 g1 c3 f4 i9 k2.5', /'k2.5' has no place/],
    ['n1 T g1 c3 f4 i9 k3', /'T' has no place/],
    ['n1 g1 c3 f4 i9x9 k3x3x3', /k must have 1 or 2 sizes/],
    ['n1 g1 c3 f4 i9 k10', /Kernel size can't be greater than actual input size/],
    ['n1 g1 c3 f4 i9 k3 d5', /Kernel size can't be greater than actual input size/],
    ['n1 g1 c3 f4 i4 k3 p4 reflect', /Padding size should be less/],
    ['n1 g1 c3 f4 i4 k3 p5 circular', /wrapping around more than once/],
    ['T n1 g1 c3 f4 i2 k1 p4', /Output size is too small/],
    // Spelt well, but no convolution, or not spelt well.
    ['n1 g0 c4 f4 i5 k1', /groups must be a positive integer/],
    ['n1 g3 c4 f3 i5 k1', /c4 must be divisible by g3/],
    ['n1 g3 c3 f4 i5 k1', /f4 must be divisible by g3/],
    ['n1 g1 c-4 f4 i5 k1', /'c-4' has no place/],
    ['n1 g1 c4 f0 i5 k1', /expected weight to be at least 1 at dimension 0/],
    ['n-1 g1 c4 f4 i5 k1', /'n-1' has no place/],
    ['n1 g1 c4 f4 i0 k1 p1', /Only zero batch or zero channel inputs are supported/],
    ['n1 g1 c4 f4 i5 k0', /kernel size should be greater than zero/],
    ['n1 g1 c4 f4 i5 k1 s0', /non-positive stride is not supported/],
    ['n1 g1 c4 f4 i5 k1 d0', /dilation should be greater than zero/],
    ['n1 g1 c4 f4 i5 k1 o1', /only a transposed convolution has output padding/],
    ['n1 g1 c4 f4 i5x5x5x5 k1', /a problem has one to three spatial sizes/],
    ['n1x2 g1 c4 f4 i5 k1', /'n1x2' has no place/],
    ['n1 g1 c4 f4 i5:3 k1', /'i5:3' has no place/],
    ['n1 g1 c4 f4 i5 k1 p1:2:3', /'p1:2:3' has no place/],
    ['n1 g1 c4 f4 i5 k1 zeros', /'zeros' has no place/],
    ['T n1 g1 c4 f4 i5 k1 s2 o2', /output padding must be smaller than either stride or dilation/],
    ['T n1 g1 c4 f4 i5 k1 reflect', /Only "zeros" padding mode is supported for ConvTranspose1d/],
  ] as const) {
    it(`is refused: '${line}'`, () => {
      assert.throws(() => parseProblem(line), { name: 'RangeError', message: why });
      assert.throws(() => parseProblem(line), { message: new RegExp(`problem line '${line}'`) });
    });
  }
});

describe('flops', () => {
  it('are two for each product, those with padding included', () => {
    fc.assert(
      fc.property(problems, (p) => {
        const filters = p.filters / p.groups;
        const perPosition = product(weightShape(p)) / (p.transposed ? 1 : p.groups);
        const positions = p.batch * product(p.transposed ? p.input : outputSizes(p));
        const products = p.transposed
          ? perPosition * positions
          : (p.channels / p.groups) * product(p.kernel) * p.groups * filters * positions;
        assert.equal(flops(parseProblem(problemLine(p))), 2 * products);
      }),
      { numRuns: 500 },
    );
  });

  it('are those that the definition carries out where nothing is padded or cropped', () => {
    fc.assert(
      fc.property(problems, (drawn) => {
        const p = { ...drawn, padding: drawn.padding.map((): [number, number] => [0, 0]) };
        if (outputSizes(p).some((size) => size < 1)) return;
        const { terms } = reference(
          p,
          new Float32Array(product(inputShape(p))),
          new Float32Array(product(weightShape(p))),
        );
        assert.equal(flops(parseProblem(problemLine(p))), 2 * terms.reduce((a, b) => a + b, 0));
      }),
      { numRuns: 200 },
    );
  });

  it('of well known layers', () => {
    assert.equal(flops(parseProblem('n1 g1 c64 f64 i56x56 k3x3 p1x1')), 231211008);
    assert.equal(flops(parseProblem('n1 g1 c3 f64 i224x224 k7x7 s2x2 p3x3')), 236027904);
    assert.equal(flops(parseProblem('n1 g32 c32 f32 i112x112 k3x3 p1x1')), 7225344);
    assert.equal(flops(parseProblem('T n1 g1 c512 f256 i8x8 k4x4 s2x2 p1x1')), 268435456);
  });
});

describe('axes', () => {
  it('are the equation of each axis, lifted to three', () => {
    fc.assert(
      fc.property(problems, (p) => {
        const { axes } = convolutionOf(parseProblem(problemLine(p)));
        const missing = 3 - p.input.length;
        assert.deepEqual(axes.slice(0, missing), Array(missing).fill(unit));
        axes.slice(missing).forEach((axis, i) => {
          const [few, many] = p.transposed ? [axis.output, axis.input] : [axis.input, axis.output];
          const triples: string[] = [];
          for (let a = 0; a < many; a++) {
            for (let k = 0; k < p.kernel[i]; k++) {
              const b = a * p.stride[i] + k * p.dilation[i] - p.padding[i][0];
              if (b >= 0 && b < few) triples.push(p.transposed ? `${a},${k},${b}` : `${b},${k},${a}`);
            }
          }
          assert.deepEqual(triplesOf(axis), triples.sort());
          assert.deepEqual([axis.input, axis.output], [p.input[i], outputSizes(p)[i]]);
        });
      }),
      { numRuns: 500 },
    );
  });
});
