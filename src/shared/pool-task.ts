// The task of the module of pooling, in the format of task.ts.
//
// Computes a block of outputs of each map from the block of inputs at `source`. A table has an entry for each output along an axis: the
// byte offset of the first input of its window, the number of inputs of the window, and the bits of an f32, the divisor of sums for this
// axis.

/** Read by poolMax and poolSum. */
export class PoolTask {
  source: i32 = 0;
  sourceMap: i32 = 0; // strides in bytes; columns are contiguous
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
  columnTable: i32 = 0; // { offset, count, divisor }[width], if windows along a row are combined one by one; else 0
  divisors: i32 = 0; // f32[width], if windows along a row are combined four at a time; up to a vector more may be read
  columns: i32 = 0; // inputs of a row
  row: i32 = 0; // the buffer of the combined row: `left` elements of padding, the columns, `right` elements of padding, and room for three more
  left: i32 = 0;
  right: i32 = 0;
  kernel: i32 = 0; // along the width: elements of a window; then the strides in bytes of windows and of elements
  stride: i32 = 0;
  dilation: i32 = 0;
}
