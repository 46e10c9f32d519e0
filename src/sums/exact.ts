// Exact: sums as the definition has them, one by one, in float64. For few products, where preparing anything takes longer, and where a
// kernel that is not finite must not meet what is not there.

import { constantOf, elementAt } from './border.js';
import { outputShape, type SumRequest, type Written } from './request.js';

/**
 * Computes outputs into `out`.
 * @param outsideOnly leaves those alone whose kernel lies inside the signal
 */
export function exactSums({ signal, kernel, out }: Written, request: SumRequest, outsideOnly = false): void {
  const { axes, border } = request;
  const shape = outputShape(request, signal.shape, kernel.shape);
  const x = signal.data;
  const h = kernel.data;
  const y = out.data;
  const constant = constantOf(border);
  const skips = border === 'nothing';
  const rank = axes.length;
  let at = 0;

  /** Outputs of the axes from `axis` on; each pair of places in signal (-1 outside) and kernel has a product with each of their own. */
  const walk = (axis: number, signals: readonly number[], kernels: readonly number[], reaches: boolean) => {
    if (axis === rank) {
      if (reaches || !outsideOnly) y[at] = sumOf(signals, kernels);
      at++;
      return;
    }
    const along = axes[axis];
    const size = signal.shape[axis];
    const taps = kernel.shape[axis];
    for (let o = 0; o < shape[axis]; o++) {
      const nextSignals: number[] = [];
      const nextKernels: number[] = [];
      let outside = reaches;
      const { first, direction, stride = 1, upsample = 1 } = along === 'each' ? each : along;
      const count = along === 'each' ? 1 : taps;
      for (let tap = 0; tap < count; tap++) {
        let element = size === 1 ? 0 : o;
        let k = taps === 1 ? 0 : o;
        if (along !== 'each') {
          const place = first + stride * o + direction * tap;
          if (place % upsample !== 0) continue;
          element = elementAt(place / upsample, size, border);
          k = tap;
          if (element < 0) {
            outside = true;
            if (skips) continue;
          }
        }
        for (let i = 0; i < signals.length; i++) {
          nextSignals.push(element < 0 || signals[i] < 0 ? -1 : signals[i] * size + element);
          nextKernels.push(kernels[i] * taps + k);
        }
      }
      if (axis === rank - 1) {
        if (outside || !outsideOnly) y[at] = sumOf(nextSignals, nextKernels);
        at++;
      } else walk(axis + 1, nextSignals, nextKernels, outside);
    }
  };
  const sumOf = (signals: readonly number[], kernels: readonly number[]): number => {
    let total = 0;
    for (let i = 0; i < signals.length; i++)
      total += h[kernels[i]] * (signals[i] < 0 ? constant : x[signals[i]]);
    return total;
  };
  walk(0, [0], [0], false);
}

const each = { first: 0, direction: 1, stride: 1, upsample: 1 };
