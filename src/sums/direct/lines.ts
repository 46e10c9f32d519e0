// Normalises the axes of a request for direct sums: axes of independent sums first, then the axes of the kernel.

import type { SumRequest } from '../request.js';

/** An axis of independent sums, each with its own kernel. The signal has as many elements, or one that all sums share. */
interface ItemAxis {
  readonly count: number;
  readonly signals: number;
}

/** An axis that the kernel slides along, as in `AxisSum`. */
export interface TapAxis {
  /** index of the axis in the request; -1 for merged axes and for none */
  readonly axis: number;
  readonly size: number;
  readonly taps: number;
  readonly count: number;
  readonly first: number;
  readonly direction: 1 | -1;
  readonly stride: number;
  readonly upsample: number;
}

/** The axes of a request from outermost to innermost, without axes that change nothing. */
export interface Lines {
  readonly items: readonly ItemAxis[];
  /** at least one; the last is the axis of rows */
  readonly sums: readonly TapAxis[];
  /** number of contiguous elements that share all taps: one position of a row is a group of so many numbers */
  readonly group: number;
}

/** An axis with one position and one tap. */
const single: TapAxis = {
  axis: -1,
  size: 1,
  taps: 1,
  count: 1,
  first: 0,
  direction: 1,
  stride: 1,
  upsample: 1,
};

/** The order of axes with those of independent sums first; or only some of these. */
export function eachFirst(
  { axes }: Pick<SumRequest, 'axes'>,
  isFirst: (axis: number) => boolean = () => true,
): number[] {
  const all = axes.map((_, i) => i);
  const first = all.filter((i) => axes[i] === 'each' && isFirst(i));
  return [...first, ...all.filter((i) => !first.includes(i))];
}

/** Normalises the axes of a request whose independent kernels come first. */
export function linesOf(
  { axes }: Pick<SumRequest, 'axes'>,
  signal: readonly number[],
  kernel: readonly number[],
): Lines {
  const items: ItemAxis[] = [];
  let sums: TapAxis[] = [];
  for (let i = 0; i < axes.length; i++) {
    const axis = axes[i];
    const size = signal[i];
    const taps = kernel[i];
    if (axis === 'each' && taps > 1) addItem(items, { count: taps, signals: size });
    else if (axis === 'each') addSum(sums, { ...single, size, count: size });
    else {
      const { first, count, direction, stride = 1, upsample = 1 } = axis;
      addSum(sums, { axis: i, size, taps, count, first, direction, stride, upsample });
    }
  }
  let group = 1;
  while (sums.length > 1 && isIdentity(sums[sums.length - 1])) group *= sums.pop()!.size;
  if (sums.length === 0) sums = [single];
  return { items, sums, group };
}

/** Adds an axis, or merges it with the previous one. */
function addItem(items: ItemAxis[], item: ItemAxis): void {
  const last = items[items.length - 1];
  if (last && last.signals > 1 === item.signals > 1)
    items[items.length - 1] = { count: last.count * item.count, signals: last.signals * item.signals };
  else items.push(item);
}

function addSum(sums: TapAxis[], axis: TapAxis): void {
  if (axis.size === 1 && isIdentity(axis)) return;
  const last = sums[sums.length - 1];
  if (last && isIdentity(last) && isIdentity(axis)) {
    const size = last.size * axis.size;
    sums[sums.length - 1] = { ...single, size, count: size };
  } else sums.push(axis);
}

/** Whether every position of an axis is an output with a single tap. */
function isIdentity({ size, taps, count, first, stride, upsample }: TapAxis): boolean {
  return taps === 1 && first === 0 && count === size && stride === 1 && upsample === 1;
}
