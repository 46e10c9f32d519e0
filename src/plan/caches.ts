// Caches: the constants of plans that depend on the size of a cache. They suit the smallest caches of today's processors: a first-level cache
// of 32 KB and a second-level cache of 512 KB for each core, and a third-level cache of some tens of MB for all cores.

/** Bytes of a block at most, unless it can't be cut: a good part of a third-level cache. */
export const BLOCK_BYTES = 24 << 20;

/** A block is halved only if a half takes less than this share of its bytes; otherwise blocks mostly load the same inputs as their neighbours. */
export const WORTHWHILE_CUT = 0.7;

/** Bytes of the inputs of a stretch of a row, which all filters read: they stay in a first-level cache beside weights and outputs. */
export const STRETCH_BYTES = 20 << 10;

/** Terms of a packed panel at most: 512 rows of eight pixels are 16 KB, half of a first-level cache. */
export const PANEL_TERMS = 512;

/** Pixel tiles whose panels are packed together: 32 panels of 16 KB fill a second-level cache. */
export const PANEL_TILES = 32;

/** Bytes of the weights that stay in a cache while one panel after another is multiplied by them: half of a second-level cache. */
export const WEIGHT_BYTES = 256 << 10;

/** Bytes of the transformed inputs and products of the tiles that Winograd takes together: they must stay in a second-level cache. */
export const TRANSFORMED_BYTES = 320 << 10;

/** Tiles that Winograd takes together, at least, where the transformed weights don't fit that cache: each weight is read once for so many. */
export const LEAST_TILES = 64;

/** Bytes of the maps that are copied in, computed and copied out together: half of a second-level cache. */
export const COPIED_BYTES = 256 << 10;

/** Bytes of one such map and its outputs, at most: larger maps are cut into blocks. */
export const MOST_MAP_BYTES = 4 << 20;

/** Bytes of the inputs and outputs of a block that is to stay in a second-level cache, about. */
export const CACHED_BLOCK_BYTES = 512 << 10;

/** Bytes of such a block at most, where segments of COPIED_SEGMENT_BYTES make it larger. */
export const MOST_CACHED_BLOCK_BYTES = 1280 << 10;

/**
 * Numbers of resident inputs, 16 MB, that hardly stay in a third-level cache from call to call. To bring inputs that do stay there takes up to
 * 1.3 times as long (n1 g1 c16 f2 i360x360 k1x1). `gemm` packs what it reads, and gains 1.02 at most.
 */
export const FAR_INPUTS = 4 << 20;

/** How many of these inputs are brought into the cache before they are summed: half of a second-level cache. */
export const INPUTS_AHEAD = 64 << 10;

/** Bytes of a segment that is copied, at least. Shorter ones are copied at half the speed (V8 11.3, glibc 2.41). */
export const COPIED_SEGMENT_BYTES = 4096;

/**
 * Fewer unneeded inputs than this between needed ones are loaded as well, because they share a cache line: 27 for plain
 * n1 g1 c1 f1 i1000000 k2 s3.
 */
export const NEAR_INPUTS = 16;

/** Bytes of raw weights that are packed together: half of a second-level cache. */
export const RAW_BYTES = 256 << 10;

/** Bytes of raw weights that are copied and compared at a time, while they stay in a second-level cache. */
export const COMPARED_BYTES = 64 << 10;
