// Reference sums: the results that the entries should compute.

import { ZERO_BIASES } from '../../src/shared/sizes';
import { SumTask } from '../../src/shared/task';
import { Layout, layoutOf } from './layout';
import { get, integers, put, touched } from './memory';

export const IMAGES = 2;

/** The address of a task's inputs with all padding, its weights in plain order, and the layout of its outputs. */
export class Sum {
  inputs: usize = 0; // the input of the first output of the first group at tap 0
  image: i32 = 0; // strides to the inputs of other outputs
  group: i32 = 0;
  depth: i32 = 0;
  row: i32 = 0;
  column: i32 = 4;
  products: i32 = 0; // of one output
  taps: usize = 0; // i32[products]
  weights: usize = 0; // f32[groups][filters][products]
  target: Layout = new Layout(0, 0, 0, 0);
}

/** A sum that reads the inputs of the task itself. */
export function sumInPlace(task: SumTask): Sum {
  const sum = new Sum();
  sum.inputs = task.window;
  sum.image = task.windowImage;
  sum.group = task.windowGroup;
  sum.depth = task.windowDepth;
  sum.row = task.windowRow;
  sum.products = task.terms;
  sum.taps = task.tapTable;
  sum.weights = task.weights;
  return sum;
}

/** Fills the windows of all groups with numbers. Returns their layout. */
export function fillWindow(task: SumTask, channels: i32, mapNumbers: i32, whole: bool): Layout {
  const layout = layoutOf(IMAGES, task.groups, channels, mapNumbers);
  task.window = <i32>layout.filled(whole);
  task.windowImage = layout.image;
  task.windowGroup = layout.group;
  task.windowChannel = layout.map;
  return layout;
}

/** Allocates the outputs. */
export function allocateTarget(task: SumTask, sum: Sum): void {
  sum.target = layoutOf(IMAGES, task.groups, task.filters, task.depth * task.height * task.width);
  task.targetImage = sum.target.image;
  task.targetGroup = sum.target.group;
  task.targetFilter = sum.target.map;
  task.target = <i32>sum.target.empty();
}

/** Writes the bias of all packed filters, and the zeros after it. */
export function writeBias(task: SumTask): void {
  const count = task.groups * task.packedFilters;
  task.bias = <i32>integers(count + ZERO_BIASES);
  for (let i = 0; i < ZERO_BIASES; i++) put(task.bias, count + i, 0);
}

/** The last result of `add`, and the sum of the absolute values of its products. */
let value: f64 = 0;
let size: f64 = 0;

function add(task: SumTask, sum: Sum, group: i32, filter: i32, from: usize): void {
  value = get(task.bias, group * task.packedFilters + filter);
  size = abs(value);
  const weights = sum.weights + (((group * task.filters + filter) * sum.products) << 2);
  for (let i = 0; i < sum.products; i++) {
    const product = <f64>get(weights, i) * <f64>get(from + load<i32>(sum.taps + (i << 2)), 0);
    value += product;
    size += abs(product);
  }
}

/**
 * Finds the first output whose error exceeds a fraction of the sum of the absolute products, or a store outside of the maps. Returns an
 * empty string if there is none.
 */
export function wrongOutput(task: SumTask, sum: Sum, most: f64 = 0, more: f64 = 0): string {
  let outputs = 0;
  for (let image = 0; image < IMAGES; image++) {
    for (let group = 0; group < task.groups; group++) {
      const inputs = sum.inputs + image * sum.image + group * sum.group;
      for (let filter = 0; filter < task.filters; filter++) {
        let at =
          task.target + image * task.targetImage + group * task.targetGroup + filter * task.targetFilter;
        for (let d = 0; d < task.depth; d++) {
          for (let h = 0; h < task.height; h++) {
            for (let w = 0; w < task.width; w++, at += 4, outputs++) {
              add(task, sum, group, filter, inputs + d * sum.depth + h * sum.row + w * sum.column);
              const output: f64 = get(at, 0);
              // this form is also true for NaN
              if (!(abs(output - value) <= most * (size + more))) {
                return `image ${image}, group ${group}, filter ${filter}, output ${d}, ${h}, ${w}: ${output}, expected ${value}`;
              }
            }
          }
        }
      }
    }
  }
  return touched(task.target, sum.target.size) == outputs ? '' : 'a store beside a map';
}

/** Whether two targets of the same layout have the same bits. */
export function sameBits(sum: Sum, a: usize, b: usize): bool {
  return memory.compare(a, b, (<usize>sum.target.size) << 2) == 0;
}
