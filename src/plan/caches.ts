// Caches: the constants of plans that stand for the size of a cache. They suit the smallest caches of today's processors: 32 KB of first-level
// and 512 KB of second-level cache a core, and some tens of MB of third-level cache for all cores.

/** Bytes that a block may take before the work is cut: a good part of a third-level cache. */
export const BLOCK_BYTES = 24 << 20;

/** A block of half as many outputs must take less than this share of the bytes; else it mostly loads what its neighbours load too. */
export const WORTHWHILE_CUT = 0.7;

/** Bytes of what all filters read of a stretch of a row: they stay in a first-level cache, with room for weights and outputs. */
export const STRETCH_BYTES = 20 << 10;

/** Terms of a packed panel at most: 512 rows of eight pixels are 16 KB, half of a first-level cache. */
export const PANEL_TERMS = 512;

/** Pixel tiles whose panels are packed together: 32 panels of 16 KB fill a second-level cache. */
export const PANEL_TILES = 32;

/** Bytes of the weights that stay in a cache while panel after panel meets them: half of a second-level cache. */
export const WEIGHT_BYTES = 256 << 10;

/** Bytes of the transformed inputs and products of the tiles that Winograd takes together: they must stay in a second-level cache. */
export const TRANSFORMED_BYTES = 320 << 10;

/** Tiles that Winograd takes together at least where the transformed weights don't fit that cache: each weight that is read serves so many. */
export const LEAST_TILES = 64;

/** Bytes of the maps that are copied in, computed and copied out together: half of a second-level cache. */
export const COPIED_BYTES = 256 << 10;

/** Bytes of one map and what is computed of it, at most, where maps are copied so: larger ones are cut. */
export const MOST_MAP_BYTES = 4 << 20;

/** Bytes of the inputs and outputs of a block, about, where blocks are to stay in a second-level cache. */
export const CACHED_BLOCK_BYTES = 512 << 10;

/** Such a block has at most so many: beyond, its segments are as short as they may be. */
export const MOST_CACHED_BLOCK_BYTES = 1280 << 10;

/**
 * Numbers of resident inputs, 16 MB, that hardly stay in a third-level cache from call to call. Where they do, to bring them first takes up to 1.3 times
 * as long (n1 g1 c16 f2 i360x360 k1x1). `gemm` packs what it reads, and gains 1.02 at most.
 */
export const FAR_INPUTS = 4 << 20;

/** Such inputs that are brought together before they are summed: half of a second-level cache. */
export const INPUTS_AHEAD = 64 << 10;

/** Neighbouring bytes that are copied at a time, at least. Shorter segments are copied at half the speed (V8 11.3, glibc 2.41). */
export const COPIED_SEGMENT_BYTES = 4096;

/** Bytes of raw weights that are packed together: half of a second-level cache. */
export const RAW_BYTES = 256 << 10;

/** Bytes of raw weights that are copied and compared at a time. They come from memory, and stay in a second-level cache meanwhile. */
export const COMPARED_BYTES = 64 << 10;
