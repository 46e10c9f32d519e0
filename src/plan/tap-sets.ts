// Tap sets: the kernel elements that each class of outputs meets. A class is the outputs of one phase of each axis.

import { product } from '../core/lists.js';
import { mapAxes, type PerAxis } from '../geometry/axis.js';
import type { Interval } from '../geometry/intervals.js';
import type { KernelPart } from '../geometry/live-taps.js';
import { hasBare, type Phase } from '../geometry/phases.js';
import type { Cut } from '../geometry/slice.js';
import type { Cuts } from './cuts.js';
import { alongKernels, inKernels, type TermOrder, tapsOfKernel } from './transform-kernels.js';

/** The kernel elements of a class: the first one, and along each axis the taps that have one. */
interface TapClass {
  readonly first: number;
  readonly present: readonly Interval[];
}

/**
 * The kernel elements of some classes of outputs that read the same inputs. Their packed weights are one matrix, in which each class
 * has filters of its own. Elements are counted in a kernel, in C order.
 */
export interface TapSet {
  readonly classes: TapClass[];
  /** the taps along each axis, and the elements from one to the next, which are the same for all sets */
  readonly along: Readonly<PerAxis>;
  readonly steps: Readonly<PerAxis>;
  /** all taps, with the missing ones of short kernels of a transform */
  readonly taps: number;
  /** products of one output: pairs of channel and element, or kernels of a transform */
  readonly terms: number;
  /** products summed in registers before they are added to the output */
  readonly termsAtOnce: number;
  /** bytes from the first packed weight to its own */
  readonly weights: number;
}

/** How the products of tap sets are summed. */
interface Summation {
  readonly channels: number;
  /** how many neighbouring classes share a window, and so are one set */
  readonly classes: number;
  /** products summed in registers at most */
  readonly mostTerms: number;
  /** that of a transform, or `SINGLE_TAPS` */
  readonly order: TermOrder;
  /** bytes of the packed weights of a set with so many terms */
  bytesOf(terms: number): number;
}

/** The tap sets of all classes of outputs, in the order of the classes. If some outputs meet no tap, the last set is theirs. */
export function tapSetsOf(
  kernel: KernelPart,
  cuts: Cuts,
  { channels, classes, mostTerms, order, bytesOf }: Summation,
): TapSet[] {
  const steps = mapAxes(cuts, ({ split }, axis) => split.kernelStep * kernel.axes[axis].elements);
  const ofKernel = tapsOfKernel(order);
  const sets: TapSet[] = [];
  let weights = 0;
  const add = (one: TapClass, along: PerAxis): void => {
    const counts = mapAxes(along, (taps, axis) => order.kernels[axis]?.count ?? taps);
    const terms = channels * product(counts);
    const termsAtOnce = Math.ceil(terms / (Math.ceil(terms / mostTerms) || 1)) || 1;
    const taps = product(counts) * ofKernel;
    sets.push({ classes: [one], along, steps, taps, terms, termsAtOnce, weights });
    weights += bytesOf(terms);
  };
  const elementsTo = (phase: Phase, axis: number) => phase.kernel * kernel.axes[axis].elements;
  const [depths, heights, widths] = mapAxes(cuts, differentPhases);
  let number = 0;
  for (const depth of depths) {
    for (const height of heights) {
      for (const width of widths) {
        const first = kernel.first + elementsTo(depth, 0) + elementsTo(height, 1) + elementsTo(width, 2);
        const one = { first, present: [depth.present, height.present, width.present] };
        if (number++ % classes > 0) sets[sets.length - 1].classes.push(one);
        else add(one, [depth.taps, height.taps, width.taps]);
      }
    }
  }
  if (cuts.some(({ split }) => hasBare(split)))
    add({ first: 0, present: [NO_TAPS, NO_TAPS, NO_TAPS] }, [0, 0, 0]);
  return sets;
}

const NO_TAPS: Interval = { first: 0, count: 0 };

/** Phases of an axis with different taps. Phases with separate slices all have the same. */
function differentPhases({ split, separate }: Cut): readonly Phase[] {
  return separate ? split.phases.slice(0, 1) : split.phases;
}

/**
 * For each class of outputs, the kernel elements that it meets, counted from its first, where neighbouring elements lie `distance` apart; -1
 * for a tap without an element, and where a kernel of a transform has no tap.
 */
export function elementsOf({ along, steps, classes }: TapSet, order: TermOrder, distance: number): number[] {
  return classes.flatMap(({ present }) => {
    const lists = mapAxes(along, (taps, axis) => {
      const { first, count } = present[axis];
      const elements = new Float64Array(taps).fill(Number.NaN);
      for (let tap = 0; tap < count; tap++) elements[first + tap] = distance * steps[axis] * tap;
      return alongKernels(elements, order.kernels[axis], Number.NaN);
    });
    return [...inKernels(lists, order)];
  });
}
