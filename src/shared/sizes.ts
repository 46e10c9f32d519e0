// Sizes that both compilers know: the wasm module is built for them, plans are made by them.

/** Filters of the largest register tile. */
export const TILE_FILTERS: i32 = 5;

/** Pixels of a register tile, and of a row of a packed panel. */
export const TILE_PIXELS: i32 = 8;

/** Pixels of the tile that takes up the rest of a small map. */
export const HALF_TILE: i32 = 4;

/** Pixels that a kernel of one filter computes at a time, and so the shortest row that it can. */
export const ROW_PIXELS: i32 = 16;

/** Numbers in a vector, and so the shortest row of a depthwise kernel. */
export const LANES: i32 = 4;

/** Bytes of a cache line. */
export const LINE: i32 = 64;

/**
 * Bytes from an element of packed kernels that are transformed to the next. A line more than they take: at multiples of 4096 all elements
 * would meet in one set of the first-level cache, and packing 256 filters of 256 channels took three times as long.
 */
export function elementBytes(packedFilters: i32, terms: i32): i32 {
  return 4 * packedFilters * terms + LINE;
}

/** Elements that one item of finish covers. */
export const CHUNK: i32 = 1024;

/** Numbers of a gradient that are summed together, at most: sums of these are added one after another. */
export const SUM_STRETCH: i32 = 16384;

/** Bytes of one entry of Winograd's tile table: input address, output address, rows that are not stored, whether an output is not finite. */
export const TILE_ENTRY: i32 = 16;

/** Vectors of a transformed tile of the largest transform, 6 x 6 elements of four tiles. */
export const TILE_VECTORS: i32 = 36;

// Winograd's transforms, as `WinogradTask.transform` names them.
/** F(4x4, 3x3): tiles of 4 x 4 outputs. */
export const F4X4_3X3: i32 = 0;
/** F(3x3, 2x2): tiles of 3 x 3 outputs. */
export const F3X3_2X2: i32 = 1;
/** F(4, 3): tiles of 4 outputs along the width. */
export const F4_3: i32 = 2;
/** F(4, 3) along the height. */
export const F4_3_HIGH: i32 = 3;
/** F(6, 3), F(5, 4) and F(4, 5), of eight points: tiles of 6, 5 or 4 outputs along the width. */
export const EIGHT_POINTS: i32 = 4;
/** The same along the height. */
export const EIGHT_POINTS_HIGH: i32 = 5;

// Activations, as `FinishTask.kind` names them.
export const NO_ACTIVATION: i32 = 0;
/** min(max(x, 0), operand). */
export const CLAMP: i32 = 1;
/** x where it is not below zero, operand x elsewhere. */
export const LEAKY_RELU: i32 = 2;
export const HARDSWISH: i32 = 3;
export const TANH: i32 = 4;
export const SIGMOID: i32 = 5;
export const SILU: i32 = 6;
/** By the error function. */
export const GELU: i32 = 7;
