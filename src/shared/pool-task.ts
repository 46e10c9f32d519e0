// Pool task: what the kernels of pooling read, as it lies in memory; written and read as the tasks of task.ts are.
//
// Of each map a block of outputs is computed, from the block of inputs that lies at `source`. A table has an entry for each output along
// an axis: the byte offset of the first input of its window, how many of the window's inputs there are, and the bits of an f32 that sums
// are divided by, for this axis.

/** Read by poolMax and poolSum. */
export class PoolTask {
  source: i32 = 0;
  sourceMap: i32 = 0; // strides in bytes; columns are dense
  target: i32 = 0;
  targetMap: i32 = 0;
  targetDepth: i32 = 0;
  targetRow: i32 = 0;
  depth: i32 = 0; // outputs along each axis
  height: i32 = 0;
  width: i32 = 0;
  depthTable: i32 = 0; // { offset, count, divisor }[depth]
  depthStep: i32 = 0; // bytes from one input of a window to the next
  rowTable: i32 = 0; // { offset, count, divisor }[height]
  rowStep: i32 = 0;
  columnTable: i32 = 0; // { offset, count, divisor }[width], where windows of neighbours are combined one by one; else 0
  divisors: i32 = 0; // f32[width], a vector more may be read: where they are combined four at a time
  columns: i32 = 0; // inputs of a row
  row: i32 = 0; // where the combined row goes: `left` numbers of padding, the columns, `right` numbers of padding, and room for three more
  left: i32 = 0;
  right: i32 = 0;
  kernel: i32 = 0; // along the width: elements of a window, and steps in bytes from one window, and from one element, to the next
  stride: i32 = 0;
  dilation: i32 = 0;
}
