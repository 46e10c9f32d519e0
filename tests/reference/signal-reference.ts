// The sums of signals as they are defined, number by number in float64. Shares nothing with src, not even the borders.

/** Along an axis: out[o] = Σ_k kernel[k] · X[(first + stride · o + direction · k) / upsample]. */
export interface AxisOfReference {
  first: number;
  count: number;
  direction: 1 | -1;
  stride?: number;
  upsample?: number;
}

export interface Numbers {
  data: ArrayLike<number>;
  shape: readonly number[];
}

export type BorderOfReference =
  | 'nothing'
  | 'nearest'
  | 'mirror'
  | 'symmetric'
  | 'wrap'
  | { readonly constant: number };

/** A sum, the sum of its products' magnitudes, and how many they are. */
export interface Sum {
  value: number;
  magnitude: number;
  terms: number;
}

/** Walks to where the signal has an element, step by step, as the pictures of the borders have it; undefined where it has none. */
function standsAt(position: number, size: number, border: BorderOfReference): number | undefined {
  while (position < 0 || position >= size) {
    if (border === 'nothing' || typeof border === 'object') return undefined;
    if (border === 'nearest') position += position < 0 ? 1 : -1;
    else if (border === 'wrap') position += position < 0 ? size : -size;
    else if (border === 'symmetric') position = position < 0 ? -1 - position : 2 * size - 1 - position;
    else if (size === 1) position = 0;
    else position = position < 0 ? -position : 2 * size - 2 - position;
  }
  return position;
}

/** All sums, in C order. */
export function referenceSums(
  signal: Numbers,
  kernel: Numbers,
  axes: readonly (AxisOfReference | 'each')[],
  border: BorderOfReference,
): { sums: Sum[]; shape: number[] } {
  const shape = axes.map((axis, i) =>
    axis === 'each' ? Math.max(signal.shape[i], kernel.shape[i]) : axis.count,
  );
  const all: Sum[] = [];
  for (const position of indices(shape)) {
    const sum = { value: 0, magnitude: 0, terms: 0 };
    const ranges = axes.map((axis, i) => (axis === 'each' ? 1 : kernel.shape[i]));
    for (const taps of indices(ranges)) {
      let at = 0;
      let k = 0;
      let met: 'element' | 'constant' | 'none' = 'element';
      for (let i = 0; i < axes.length; i++) {
        const axis = axes[i];
        const size = signal.shape[i];
        let element: number | undefined = size === 1 ? 0 : position[i];
        let tap = kernel.shape[i] === 1 ? 0 : position[i];
        if (axis !== 'each') {
          tap = taps[i];
          const place = axis.first + (axis.stride ?? 1) * position[i] + axis.direction * tap;
          const whole = place / (axis.upsample ?? 1);
          if (!Number.isInteger(whole)) {
            met = 'none';
            break;
          }
          element = standsAt(whole, size, border);
        }
        if (element === undefined) met = 'constant';
        at = at * size + (element ?? 0);
        k = k * kernel.shape[i] + tap;
      }
      if (met === 'none' || (met === 'constant' && border === 'nothing')) continue;
      const other = met === 'constant' ? (border as { constant: number }).constant : signal.data[at];
      const product = kernel.data[k] * other;
      sum.value += product;
      sum.magnitude += Math.abs(product);
      sum.terms++;
    }
    all.push(sum);
  }
  return { sums: all, shape };
}

/** All indices of a shape, the last axis fastest. */
function* indices(shape: readonly number[]): Generator<number[]> {
  const index = shape.map(() => 0);
  if (shape.some((size) => size === 0)) return;
  while (true) {
    yield index;
    let axis = shape.length - 1;
    while (axis >= 0 && ++index[axis] === shape[axis]) index[axis--] = 0;
    if (axis < 0) return;
  }
}
