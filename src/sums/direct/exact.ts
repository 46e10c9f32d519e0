// Sums by their definition, one after another in float64: for few products, where any preparation would take longer, and for outputs at the
// border if the kernel is not finite, because its elements outside the signal must not contribute NaN.

import { constantOf, elementAt } from '../borders/border.js';
import { type AxisSum, type Border, outputShape, type SumRequest, type Written } from '../request.js';

/** The products of an output along the axes so far: the index of each factor. */
interface Places {
  /** -1 outside the signal */
  readonly signal: readonly number[];
  readonly kernel: readonly number[];
  /** whether a kernel element is outside the signal */
  readonly reachesOut: boolean;
}

/**
 * Computes outputs into `out`.
 * @param outsideOnly only outputs whose kernel extends beyond the signal
 */
export function exactSums({ signal, kernel, out }: Written, request: SumRequest, outsideOnly = false): void {
  const { axes, border } = request;
  const shape = outputShape(request, signal.shape, kernel.shape);
  const x = signal.data;
  const h = kernel.data;
  const y = out.data;
  const constant = constantOf(border);
  let at = 0;
  const walk = (axis: number, places: Places): void => {
    if (axis < axes.length) {
      const [size, taps] = [signal.shape[axis], kernel.shape[axis]];
      for (let o = 0; o < shape[axis]; o++)
        walk(axis + 1, placesAlong(places, axes[axis], o, size, taps, border));
      return;
    }
    if (places.reachesOut || !outsideOnly) {
      let total = 0;
      for (let i = 0; i < places.signal.length; i++) {
        const element = places.signal[i];
        total += h[places.kernel[i]] * (element < 0 ? constant : x[element]);
      }
      y[at] = total;
    }
    at++;
  };
  walk(0, { signal: [0], kernel: [0], reachesOut: false });
}

/** Combines the products so far with those of output `o` along one more axis. */
function placesAlong(
  places: Places,
  along: AxisSum | 'each',
  o: number,
  size: number,
  taps: number,
  border: Border,
): Places {
  const next = { signal: [] as number[], kernel: [] as number[], reachesOut: places.reachesOut };
  if (along === 'each') {
    add(next, places, size === 1 ? 0 : o, size, taps === 1 ? 0 : o, taps);
    return next;
  }
  const { first, direction, stride = 1, upsample = 1 } = along;
  for (let tap = 0; tap < taps; tap++) {
    const position = first + stride * o + direction * tap;
    if (position % upsample !== 0) continue;
    const element = elementAt(position / upsample, size, border);
    if (element < 0) next.reachesOut = true;
    if (element >= 0 || border !== 'nothing') add(next, places, element, size, tap, taps);
  }
  return next;
}

/** Combines each product so far with an element of an axis of `size` and a tap of `taps`. */
function add(
  to: { readonly signal: number[]; readonly kernel: number[] },
  { signal, kernel }: Places,
  element: number,
  size: number,
  tap: number,
  taps: number,
): void {
  for (let i = 0; i < signal.length; i++) {
    to.signal.push(element < 0 || signal[i] < 0 ? -1 : signal[i] * size + element);
    to.kernel.push(kernel[i] * taps + tap);
  }
}
