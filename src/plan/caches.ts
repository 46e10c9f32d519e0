// Caches: every constant that stands for the size of a cache. They hold for the smallest caches of today's processors: 32 KB of
// first-level and 512 KB of second-level cache a core, some tens of MB of third-level cache for all.

/** Scratch that a block may take before the work is cut: a good part of a third-level cache. */
export const BLOCK_BYTES = 24 << 20;

/** A smaller block must take less than this share of a larger one; else most of what it loads is the reach of the kernel. */
export const WORTHWHILE_CUT = 0.7;

/** Terms of a packed panel at most: 512 rows of eight pixels are 16 KB, half of a first-level cache. */
export const PANEL_TERMS = 512;

/** Pixel tiles whose panels are packed together: 32 panels of 16 KB fill a second-level cache. */
export const PANEL_TILES = 32;

/** Weights of the filter tiles that a panel meets one after another: half of a second-level cache. */
export const WEIGHT_BYTES = 256 << 10;

/** Transformed inputs and products of the tiles that Winograd takes together: they must stay in a second-level cache. */
export const TRANSFORMED_BYTES = 320 << 10;

/** Tiles that Winograd takes together at least where the transformed weights exceed that cache: each weight serves so many. */
export const LEAST_TILES = 64;

/** Maps that are copied in, computed and copied out together: about half of a second-level cache. */
export const COPIED_BYTES = 256 << 10;
