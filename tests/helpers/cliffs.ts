// Random forms at the edges of geometry: maps of one to three columns, and batches of tiny maps.

import fc from 'fast-check';
import { adjoint } from '#src/geometry/axis.js';
import { productsOf } from '../reference/equation.js';
import { convolutionFrom, type Form } from './convolutions.js';
import { dilated, layerAxis, plain, whole } from './forms.js';

const channels = fc.oneof(fc.constant(1), whole(2, 4));
const filters = fc.oneof(whole(1, 3), whole(1, 11));
const isSmall = (form: Form) => productsOf(convolutionFrom(form)) <= 100_000;

/** A short last axis: any, one that reads nothing but its own input, or a 3x3 kernel's. */
const columns = fc.oneof(
  layerAxis(6).filter(({ output }) => output <= 3),
  whole(1, 3).map((size) => plain(size, 1, 0)),
  whole(1, 3).map((size) => plain(size, 3, 1)),
);

const rows = fc.oneof(
  layerAxis(60),
  layerAxis(7),
  whole(1, 60).map((size) => plain(size, 3, 1)),
  whole(5, 60).map((size) => dilated(size, 3, 2, 2)),
);

/** Maps of one to three columns: a few rows, or many, of one plane or several. */
export const narrowForms: fc.Arbitrary<Form> = fc
  .record({
    batch: whole(1, 3),
    groups: whole(1, 3),
    channels,
    filters,
    axes: fc.oneof(fc.tuple(rows, columns), fc.tuple(layerAxis(4, 3), rows, columns)),
  })
  .filter(isSmall);

/** The same maps of transposed layers: rows and columns of outputs fall into classes. */
export const narrowClassForms: fc.Arbitrary<Form> = fc
  .record({
    batch: whole(1, 3),
    groups: whole(1, 3),
    channels,
    filters,
    axes: fc
      .oneof(fc.tuple(rows, columns), fc.tuple(layerAxis(4, 3), rows, columns))
      .map((axes) => axes.map(adjoint)),
  })
  .filter(isSmall);

/** Many images of a few positions. */
export const batchForms: fc.Arbitrary<Form> = fc
  .record({
    batch: fc.oneof(whole(2, 9), whole(2, 40)),
    groups: whole(1, 3),
    channels,
    filters,
    axes: fc.oneof(
      ...[1, 2, 3].map((rank) =>
        fc.tuple(...Array.from({ length: rank }, () => layerAxis([9, 6, 3][rank - 1]))),
      ),
      whole(4, 6).map((size) => [plain(size, 3, 1), plain(size, 3, 1)]),
    ),
  })
  .filter(isSmall);
