// Constants that the wasm modules are compiled with and that plans depend on.

/** The filters of the largest register tile. */
export const TILE_FILTERS: i32 = 5;

/** The pixels of a register tile, and of a row of a packed panel. */
export const TILE_PIXELS: i32 = 8;

/** The pixels of the register tiles for the remaining pixels of a small map, which compute two filter tiles at once. */
export const HALF_TILE: i32 = 4;

/** Zeros after the biases: the filters of the largest register tile, correlate20x1. */
export const ZERO_BIASES: i32 = 20;

/** The pixels that a kernel of one filter computes at a time: the shortest row it supports. */
export const ROW_PIXELS: i32 = 16;

/** The float32 lanes of a vector: the shortest row that most depthwise kernels support. */
export const LANES: i32 = 4;

/** Bytes of the area in which depthwiseRows computes rows shorter than a tile, and behind them one more tile; for interleave, that of a class of outputs. */
export const SHORT_ROWS_BYTES: i32 = 4160;

/** Bytes of a cache line. */
export const LINE: i32 = 64;

/**
 * The stride in bytes of an element of packed Winograd weights: one cache line more than its size. At multiples of 4096 all elements would
 * map to one set of the L1 cache, and packing 256 filters of 256 channels took three times as long.
 */
export function elementBytes(packedFilters: i32, terms: i32): i32 {
  return 4 * packedFilters * terms + LINE;
}

/** Elements per item of `finish`. */
export const CHUNK: i32 = 1024;

/** The most taps that weightPlanes sums at a time. */
export const GRADIENT_TAPS: i32 = 5;

/** The most gradient elements that are summed directly; longer sums add the sums of such pieces. */
export const SUM_STRETCH: i32 = 16384;

/** Bytes of an entry of Winograd's tile table: input address, output address, rows not to store, whether an output is not finite. */
export const TILE_ENTRY: i32 = 16;

/** Vectors of a transformed tile of the largest transform: 6 x 6 elements, of four tiles each. */
export const TILE_VECTORS: i32 = 36;

/**
 * Bytes of transformed weights that mostly do not stay in a third-level cache between calls, 16 MB. From this size on, the weights of a tile are
 * prefetched before the first panel uses them: a loop that only reads overlaps its cache misses, 1.8 for n1 g1 c256 f512 i20x20 k3x3 s2x2 p1x1.
 * Prefetching from 2 MB on was 0.94 for n1 g1 c256 f256 i14x14 k3x3 p1x1.
 */
export const FAR_WEIGHTS: i32 = 0x0100_0000;

/**
 * The same, 512 KB, where there are no more tiles than pairs of filter tiles compute at a time, as on maps of 7x7: they read weights twice as
 * fast, and each of them once. Fewer bytes stay in a second-level cache.
 */
export const FAR_WEIGHTS_OF_PAIRS: i32 = 0x8_0000;

// Values of `WinogradTask.transform`.
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

// Values of `FinishTask.kind`.
export const NO_ACTIVATION: i32 = 0;
/** min(max(x, 0), operand). */
export const CLAMP: i32 = 1;
/** x if it is not negative, else operand * x. */
export const LEAKY_RELU: i32 = 2;
export const HARDSWISH: i32 = 3;
export const TANH: i32 = 4;
export const SIGMOID: i32 = 5;
export const SILU: i32 = 6;
/** The exact GELU, with the error function. */
export const GELU: i32 = 7;
