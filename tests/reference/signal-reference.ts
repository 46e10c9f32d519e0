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

/** What a tap meets where no element stands: a number between two elements of an upsampled signal, or what stands beyond the border. */
const [BETWEEN, BEYOND] = [-2, -1];

/** One axis: how many sums and taps it has, and for each sum and each of its taps the element of the kernel and that of the signal. */
interface Along {
  readonly count: number;
  readonly taps: number;
  readonly kernelElement: (position: number, tap: number) => number;
  readonly elements: Int32Array;
}

function along(
  axis: AxisOfReference | 'each',
  size: number,
  kernel: number,
  border: BorderOfReference,
): Along {
  const [count, taps] = axis === 'each' ? [Math.max(size, kernel), 1] : [axis.count, kernel];
  const elements = new Int32Array(count * taps);
  for (let position = 0; position < count; position++) {
    for (let tap = 0; tap < taps; tap++) {
      if (axis === 'each') elements[position] = size === 1 ? 0 : position;
      else {
        const { first, stride = 1, direction, upsample = 1 } = axis;
        const place = (first + stride * position + direction * tap) / upsample;
        elements[position * taps + tap] = Number.isInteger(place)
          ? (standsAt(place, size, border) ?? BEYOND)
          : BETWEEN;
      }
    }
  }
  const kernelElement = (position: number, tap: number) =>
    axis !== 'each' ? tap : kernel === 1 ? 0 : position;
  return { count, taps, kernelElement, elements };
}

/** All sums, in C order. */
export function referenceSums(
  signal: Numbers,
  kernel: Numbers,
  axes: readonly (AxisOfReference | 'each')[],
  border: BorderOfReference,
): { sums: Sum[]; shape: number[] } {
  const all = axes.map((axis, i) => along(axis, signal.shape[i], kernel.shape[i], border));
  const shape = all.map(({ count }) => count);
  const constant = typeof border === 'object' ? border.constant : undefined;
  const sums: Sum[] = [];
  for (const position of indices(shape)) {
    const sum = { value: 0, magnitude: 0, terms: 0 };
    /** Adds the products of the taps from axis `i` on; `at` and `k` are the elements of the signal and the kernel on the axes before. */
    const add = (i: number, at: number, k: number, isBeyond: boolean): void => {
      if (i === all.length) {
        if (isBeyond && constant === undefined) return;
        const product = kernel.data[k] * (isBeyond ? constant! : signal.data[at]);
        sum.value += product;
        sum.magnitude += Math.abs(product);
        sum.terms++;
        return;
      }
      const { taps, kernelElement, elements } = all[i];
      for (let tap = 0; tap < taps; tap++) {
        const element = elements[position[i] * taps + tap];
        if (element === BETWEEN) continue;
        const next = k * kernel.shape[i] + kernelElement(position[i], tap);
        add(i + 1, at * signal.shape[i] + Math.max(element, 0), next, isBeyond || element === BEYOND);
      }
    };
    add(0, 0, 0, false);
    sums.push(sum);
  }
  return { sums, shape };
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
