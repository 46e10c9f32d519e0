// The scales of xcorr: what MATLAB's function divides its sums by.

import { outputShape, type SumRequest } from '../sums/request.js';
import { type Samples, zeros } from '../sums/samples.js';
import { sums } from '../sums/sums.js';
import { coefficient, eachRow, normsAlong, rowsOf } from './rows.js';

/** The divisor of the sums: none, n, the number of products n - |lag|, or the norms of both signals ('coeff' is a synonym). */
export type Scale = 'none' | 'biased' | 'unbiased' | 'normalized' | 'coeff';

/** A checked call. */
export interface XcorrCall {
  readonly request: SumRequest;
  readonly axis: number;
  /** length of the longer signal */
  readonly n: number;
  readonly scale: Scale;
}

/** Writes the scaled sums. */
export function scaleInto(
  target: Samples,
  { data, shape }: Samples<'float64'>,
  a: Samples,
  b: Samples,
  call: XcorrCall,
): void {
  const { axis, n, scale, request } = call;
  const rows = rowsOf(shape, axis);
  const middle = (rows.size - 1) / 2;
  const write = (quotient: (sum: number, lag: number, row: number) => number): void => {
    const into = target.data;
    eachRow(rows, (at, row) => {
      for (let i = 0; i < rows.size; i++) {
        const place = at + i * rows.inner;
        into[place] = quotient(data[place], i - middle, row);
      }
    });
  };
  if (scale === 'none') write((sum) => sum);
  else if (scale === 'biased') write((sum) => sum / n);
  else if (scale === 'unbiased') write((sum, lag) => (Math.abs(lag) < n ? sum / (n - Math.abs(lag)) : 0));
  else {
    const [norms1, norms2] = [a, b].map((given) => {
      const norms = normsAlong(given as Samples<'float64'>, axis);
      return broadcast(norms, a, b, axis, request);
    });
    write((sum, _, row) => coefficient(sum, norms1.data[row], norms2.data[row]));
  }
}

/** Broadcasts the norms of one signal to the rows of the result, as a sum of one product with ones. */
function broadcast(norms: Samples, a: Samples, b: Samples, axis: number, request: SumRequest): Samples {
  const one = { first: 0, count: 1, direction: 1 } as const;
  const axes = request.axes.map((_, i) => (i === axis ? one : 'each'));
  const shape = outputShape({ axes }, a.shape, b.shape);
  const ones = zeros(shape, 'float64');
  ones.data.fill(1);
  return sums({ signal: norms, kernel: ones }, { ...request, axes, method: 'direct' });
}
