// sums: the function behind all correlations, convolutions and filters.

import { refuse, type Where } from '../core/errors.js';
import { product } from '../core/lists.js';
import { estimate } from './choice/choice.js';
import { exchanged, turn } from './choice/exchange.js';
import { spectralSlices } from './choice/slices.js';
import { directSums } from './direct/direct.js';
import { exactSums } from './direct/exact.js';
import { isShortRow } from './direct/short-row.js';
import { outputShape, type SumOperands, type SumRequest, type Written } from './request.js';
import { shareMemory } from './result.js';
import { type Dtype, type Samples, zeros } from './samples.js';

/** Below FEW products any preparation takes longer than the sums; below SOME direct sums are always the best method. */
const FEW = 200;
export const SOME = 65536;

/**
 * Computes a request's sums.
 * @throws RangeError if `out` shares memory with an operand, or if memory is insufficient
 */
export function sums<D extends Dtype>(
  { signal, kernel, out }: SumOperands<D>,
  request: SumRequest<D>,
): Samples<D> {
  const shape = outputShape(request, signal.shape, kernel.shape);
  if (out) {
    const read = signal.source ? { data: signal.source.numbers, shape: [] } : signal;
    refuseShared(out, read, 'signal', request.where);
    refuseShared(out, kernel, 'kernel', request.where);
  }
  const result = out ?? zeros(shape, request.dtype, request.where);
  const outputs = product(shape);
  if (outputs > 0) compute({ signal, kernel, out: result }, request, outputs);
  return result;
}

function compute(operands: Written, request: SumRequest, outputs: number): void {
  const { signal, kernel, out } = operands;
  const { method } = request;
  const products = outputs * product(kernel.shape);
  if (method !== 'fft' && products < FEW && !isShortRow(request, kernel.data.length)) {
    exactSums(operands, request);
    return;
  }
  if (method !== 'fft' && products < SOME) {
    directSums(operands, request);
    return;
  }
  const exchange = exchanged(operands, request);
  if (exchange) {
    computeLong({ signal: kernel, kernel: signal, out }, exchange.request);
    turn(out, exchange.backwards);
  } else computeLong(operands, request);
}

/** Computes a request that is large enough for a choice of methods. */
function computeLong(operands: Written, request: SumRequest): void {
  const { signal, kernel } = operands;
  const { method, factors, plan } = estimate(request, signal.shape, kernel.shape, kernel);
  if (method === 'fft') spectralSlices(plan!, operands, request);
  else directSums(operands, request, method === 'separable' ? factors : undefined);
}

function refuseShared(out: Samples, operand: Samples, name: string, where: Where): void {
  if (shareMemory(out, operand)) refuse(where, `out: shares memory with the ${name}; allocate it separately`);
}
