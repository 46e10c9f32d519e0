// Problems large enough for several blocks of products, of filters and of pixels, under every algorithm.

import { describe, it } from 'node:test';
import { tensor } from 'convnd';
import { algorithms } from '#src/kernels.js';
import { problemLayer } from './build.js';
import { assertSame } from './compare.js';
import { parseLine } from './lines.js';
import { integers } from './numbers.js';
import { inputShape, outputShape, product, reference, weightShape } from './reference.js';

const lines = [
  // 511 ... 2049 products of one output
  'n1 g1 c511 f9 i5x7 k1x1',
  'n1 g1 c512 f11 i5x7 k1x1',
  'n1 g1 c513 f12 i5x7 k1x1',
  'n1 g1 c114 f6 i9x10 k3x3 p1x1',
  'n1 g1 c683 f5 i33 k3',
  'n2 g1 c1025 f16 i19 k1',
  'n1 g1 c40 f50 i57x59 k3x3 p1x1',
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

describe('large problems', () => {
  for (const line of lines) {
    it(line, () => {
      const p = parseLine(line);
      const x = tensor(integers(product(inputShape(p)), 1), inputShape(p));
      const weight = tensor(integers(product(weightShape(p)), 2), weightShape(p));
      const bias = tensor(integers(p.filters, 3), [p.filters]);
      const wanted = reference(p, x.data, weight.data, bias.data).output;
      const layer = problemLayer(p, true);
      layer.loadStateDict({ weight, bias });
      const out = tensor(new Float32Array(wanted.length), outputShape(p));
      for (const name of [undefined, ...algorithms.map((row) => row.name)]) {
        layer.algorithm = name;
        out.data.fill(Number.NaN);
        try {
          layer.forward(x, { out });
        } catch (error) {
          // A row may refuse; the choice of the table may not.
          if (name !== undefined && error instanceof RangeError) continue;
          throw error;
        }
        assertSame(out.data, wanted, `${name ?? 'chosen'}: "${line}"`);
      }
      layer.dispose();
    });
  }
});
