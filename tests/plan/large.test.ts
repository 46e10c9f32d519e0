// Problems large enough for several blocks of products, of filters and of pixels, under every algorithm.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ConvTranspose1d, memoryUsage, tensor } from 'convnd';
import { problemLayer } from '../helpers/build.js';
import { assertSame, assertTransformed, assertWithinBound } from '../helpers/compare.js';
import { parseLine } from '../helpers/lines.js';
import { integers, reals } from '../helpers/numbers.js';
import { rows, takes } from '../helpers/takes.js';
import { inputShape, outputShape, product, reference, weightShape } from '../reference/reference.js';

const lines = [
  // 511 ... 2049 products of one output
  'n1 g1 c511 f9 i5x7 k1x1',
  'n1 g1 c512 f11 i5x7 k1x1',
  'n1 g1 c513 f12 i5x7 k1x1',
  'n1 g1 c114 f6 i9x10 k3x3 p1x1',
  'n1 g1 c683 f5 i33 k3',
  'n2 g1 c1025 f16 i19 k1',
  'n1 g1 c40 f50 i57x59 k3x3 p1x1',
  'n1 g1 c64 f64 i56x56 k3x3 p1x1',
  'n1 g1 c30 f31 i5x57x43 k1x3x3',
  'n1 g1 c515 f6 i9x10 k3x3 p1x1',
  'n1 g1 c9 f8 i20x21x22 k3x3x3 p1x1x1',
  // many filters
  'n1 g1 c5 f701 i6x9 k2x2',
  'n1 g1 c70 f257 i1x1 k1x1',
  'n1 g300 c300 f300 i10x12 k3x3 p1x1',
  // many outputs, in long rows and in many rows
  'n1 g1 c1 f2 i400001 k5 p2',
  'n1 g1 c2 f2 i2x40000 k3x3 p1x1',
  'n1 g1 c2 f2 i40000x2 k3x3 p1x1',
  'n1 g1 c2 f3 i601x703 k3x3 p1x1',
  'n1 g1 c3 f4 i301x203 k7x7 s2x2 p3x3 reflect',
  'n1 g1 c2 f2 i30x61x62 k3x3x3 p1x1x1 circular',
  'n70 g1 c3 f4 i11x11 k3x3 p1x1',
  // far taps
  'n1 g1 c3 f4 i5000 k3 p1000 d1000',
  'n1 g2 c4 f6 i70x80 k3x3 p16x24 d16x24',
  'n1 g1 c2 f2 i40x50 k31x33 p15x16',
  'n1 g1 c2 f3 i100 k2 p300 replicate',
  // transposed
  'T n1 g1 c130 f33 i6x7 k4x4 s2x2 p1x1',
  'T n1 g1 c600 f5 i20 k2 s2',
  'T n1 g1 c3 f4 i150x170 k4x4 s2x2 p1x1',
  'T n1 g1 c4 f3 i900 k16 s8 p4',
  'T n1 g1 c3 f2 i7x9 k3x3 s40x50',
  'T n2 g2 c6 f4 i9x10x11 k3x3x3 s2x2x2 p1x1x1 o1x1x1',
];

/** More than the scratch of one block, so that they are cut along images, depth, height and width. */
const inBlocks = [
  'n5 g1 c2 f1 i700x701 k1x2',
  'n2 g1 c1 f1 i1000x1101 k3x1 p1x0',
  'n2 g1 c1 f1 i3x1500x901 k2x2x1',
  'n1 g1 c1 f1 i3x1500001 k2x2',
  'n1 g1 c1 f1 i20x300x250 k3x1x1 p8x0x0 d8x1x1',
  'n1 g1 c1 f1 i9x700x640 k2x3x1 s2x1x1 p3x5x0 d3x5x1 replicate',
  'n1 g2 c2 f2 i1200x1001 k3x2 p6x2 d6x2 circular',
  'n1 g1 c1 f1 i1800x2001 k2x3 s3x1 p0x3 d4x3 reflect',
  'n1 g1 c1 f1 i2600x1201 k3x1 s4x1 p6x0 d6x1',
  'n1 g1 c1 f1 i1500003 k3 s2 p7 d7 replicate',
  'n1 g1 c1 f2 i2000003 k2 p1',
  'T n1 g1 c1 f1 i1000x1100 k2x3 s2x2 d3x1',
  'T n1 g1 c1 f1 i7x350x500 k3x2x2 s2x2x1 p1x0x1 o1x1x0',
  'T n1 g1 c1 f2 i900001 k4 s3 p2',
];

/** Runs the problem with every algorithm that takes it, and with the one the table chooses. */
function check(line: string, fill: typeof integers): void {
  const p = parseLine(line);
  const x = tensor(fill(product(inputShape(p)), 1), inputShape(p));
  const weight = tensor(fill(product(weightShape(p)), 2), weightShape(p));
  const bias = tensor(fill(p.filters, 3), [p.filters]);
  const wanted = reference(p, x.data, weight.data, bias.data);
  const layer = problemLayer(p, true);
  layer.loadStateDict({ weight, bias });
  const out = tensor(new Float32Array(wanted.output.length), outputShape(p));
  layer.winograd = 'never';
  for (const name of rows) {
    layer.algorithm = name;
    // A row may refuse; the choice of the table may not.
    if (name !== undefined && !takes(layer, x.shape)) continue;
    out.data.fill(Number.NaN);
    layer.forward(x, { out });
    const label = `${name ?? 'chosen'}: "${line}"`;
    if (name === 'winograd') assertTransformed(out.data, wanted, label);
    else if (fill === integers) assertSame(out.data, wanted.output, label);
    else assertWithinBound(out.data, wanted, label);
  }
  layer.algorithm = undefined;
  layer.winograd = 'auto';
  assertTransformed(layer.forward(x, { out }).data, wanted, `with Winograd's algorithm: "${line}"`);
  layer.dispose();
}

describe('large problems', () => {
  for (const line of lines) it(line, () => check(line, integers));

  // The longest sums.
  for (const line of lines.filter((other) => /c(5|6|10)\d\d/.test(other))) {
    it(`${line} with real numbers`, () => check(line, reals));
  }
});

describe('problems in several blocks', () => {
  for (const line of inBlocks) it(line, () => check(line, integers));

  it('need no more scratch than a few blocks', () => {
    const { scratch, total } = memoryUsage();
    assert.ok(scratch < 64 * 2 ** 20 && total < 128 * 2 ** 20, `${scratch} of ${total} bytes`);
  });

  it('or with 200,000 classes of outputs are computed', () => {
    const layer = new ConvTranspose1d(1, 1, 1, { stride: 200_000 });
    layer.loadStateDict({ weight: [[[3]]], bias: [2] });
    const wanted = new Float32Array(200_001).fill(2);
    [wanted[0], wanted[200_000]] = [5, 8];
    assertSame(layer.forward([[1, 2]]).data, wanted, 'stride 200,000');
    layer.dispose();
  });
});
