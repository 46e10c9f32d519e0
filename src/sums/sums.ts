// Sums: the one function behind correlations, convolutions and filters.

import { refuse, type Where } from '../core/errors.js';
import { product } from '../core/lists.js';
import { directSums } from './direct.js';
import { exactRow, exactSums } from './exact.js';
import { outputShape, type SumOperands, type SumRequest } from './request.js';
import { type NumberArray, type Samples, zeros } from './samples.js';

/** Products below which preparing anything takes longer than they do. */
const FEW = 2048;

/**
 * Computes a request's sums.
 * @throws RangeError if `out` shares memory with an operand, or where memory lacks
 */
export function sums({ signal, kernel, out }: SumOperands, request: SumRequest): Samples {
  const shape = outputShape(request, signal.shape, kernel.shape);
  if (out) {
    refuseShared(out.data, signal.data, 'signal', request.where);
    refuseShared(out.data, kernel.data, 'kernel', request.where);
  }
  const result = out ?? zeros(shape, request.dtype);
  const outputs = product(shape);
  if (outputs === 0) return result;
  const { axes, method } = request;
  const [axis] = axes;
  if (method !== 'fft' && outputs * product(kernel.shape) < FEW) {
    if (axes.length === 1 && axis !== 'each' && (axis.upsample ?? 1) === 1)
      exactRow(signal.data, kernel.data, result.data, request);
    else exactSums({ signal, kernel, out: result }, request);
  } else directSums({ signal, kernel, out: result }, request);
  return result;
}

function refuseShared(out: NumberArray, operand: NumberArray, name: string, where: Where): void {
  if (
    out.buffer === operand.buffer &&
    out.byteOffset < operand.byteOffset + operand.byteLength &&
    operand.byteOffset < out.byteOffset + out.byteLength
  )
    refuse(where, `out: shares memory with the ${name}; give it memory of its own`);
}
