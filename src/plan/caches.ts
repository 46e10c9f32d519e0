// Caches: the constants of plans that depend on the size of a cache. They suit the smallest caches of today's processors: a first-level cache
// of 32 KB and a second-level cache of 512 KB for each core, and a third-level cache of some tens of MB for all cores.

/** Limit for the bytes of a block, unless it can't be cut: a large part of a third-level cache. */
export const BLOCK_BYTES = 24 << 20;

/** A block is halved only if a half takes less than this share of its bytes: otherwise neighbouring blocks would load mostly the same inputs. */
export const WORTHWHILE_CUT = 0.7;

/** Bytes of the inputs of a stretch of a row. All filters read them, from a first-level cache that also has weights and outputs. */
export const STRETCH_BYTES = 20 << 10;

/** Limit for the terms of a packed panel: 512 rows of eight pixels are 16 KB, half of a first-level cache. */
export const PANEL_TERMS = 512;

/** Pixel tiles whose panels are packed together: 32 panels of 16 KB fill a second-level cache. */
export const PANEL_TILES = 32;

/** Bytes of the weights by which one panel after another is multiplied: half of a second-level cache. */
export const WEIGHT_BYTES = 256 << 10;

/** Limit for the transformed inputs and products of a batch of Winograd tiles, in bytes: they must stay in a second-level cache. */
export const TRANSFORMED_BYTES = 320 << 10;

/** The smallest batch of Winograd tiles, if the transformed weights don't fit into that cache: each batch reads all weights once. */
export const LEAST_TILES = 64;

/** Bytes of the maps that are copied in, computed and copied out together: half of a second-level cache. */
export const COPIED_BYTES = 256 << 10;

/** Limit for one such map and its outputs, in bytes: larger maps are cut into blocks. */
export const MOST_MAP_BYTES = 4 << 20;

/** Approximate bytes of the inputs and outputs of a block that should stay in a second-level cache. */
export const CACHED_BLOCK_BYTES = 512 << 10;

/** Limit for the bytes of such a block if segments of COPIED_SEGMENT_BYTES make it larger. */
export const MOST_CACHED_BLOCK_BYTES = 1280 << 10;

/**
 * Elements from which on resident inputs, 16 MB, rarely stay in a third-level cache between two calls, so that `direct` prefetches them.
 * Prefetching inputs that are in this cache takes up to 1.3 times as long (n1 g1 c16 f2 i360x360 k1x1). `gemm` packs its inputs, and would
 * gain at most 1.02.
 */
export const FAR_INPUTS = 4 << 20;

/** How many of these inputs are prefetched at a time: half of a second-level cache. */
export const INPUTS_AHEAD = 64 << 10;

/** The smallest segment that is copied at full speed, in bytes; shorter ones are copied at half the speed (V8 11.3, glibc 2.41). */
export const COPIED_SEGMENT_BYTES = 4096;

/**
 * Gaps of fewer inputs than this between needed inputs are loaded too, because they are in the same cache lines: 27 times as fast for plain
 * n1 g1 c1 f1 i1000000 k2 s3.
 */
export const NEAR_INPUTS = 16;

/** Bytes of raw weights that are packed together: half of a second-level cache. */
export const RAW_BYTES = 256 << 10;

/** Bytes of raw weights that are copied and compared at a time, while they stay in a second-level cache. */
export const COMPARED_BYTES = 64 << 10;
