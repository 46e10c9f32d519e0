// Workspace: the panels and tables that an algorithm works in, sized for the caches.

import type { Algorithm, WinogradTile } from './kernels.js';

/** Pixel tiles that are packed together: 32 panels of 16 KB are half a megabyte, a second-level cache. */
const PANEL_TILES = 32;

/**
 * The transformed inputs and outputs of a block of Winograd tiles: they must stay in the second-level cache. With 768 KB on a core
 * with 512 KB of it, n1 g1 c5 f5 i64x64x64 k3x3x3 p1x1x1 takes 1.9 times as long; wide layers don't care.
 */
const WINOGRAD_BYTES = 320 << 10;

/** Tiles that pass together at least where the transformed weights don't stay in a cache: each then serves that many products. */
const LEAST_TILES = 64;

/** The work space of an algorithm, and how many pixel tiles, or tiles of a transform, it takes at a time. */
export function workOf(
  algorithm: Algorithm,
  tile: WinogradTile | undefined,
  termsBlock: number,
  terms: number,
  rows: number,
  tiles: number,
): { panelTiles: number; panel: number; edge: number } {
  // a register tile of at most 5 x 8 for outputs that stick out, and a flag
  const edge = 5 * 8 * 4 + 64;
  if (algorithm.item === 'tile')
    return { panelTiles: PANEL_TILES, panel: PANEL_TILES * termsBlock * 32, edge };
  if (!tile) return { panelTiles: 0, panel: 0, edge };
  const size = tile.elements;
  const tileBytes = size * 4 * (terms + rows);
  const fitting = Math.floor(WINOGRAD_BYTES / tileBytes / 8) * 8;
  const wanted = Math.max(8, fitting, size * 4 * terms * rows > WINOGRAD_BYTES ? LEAST_TILES : 0);
  const panelTiles = Math.min(wanted, 8 * Math.ceil(tiles / 8));
  return { panelTiles, panel: panelTiles * tileBytes + size * 2 * 64, edge: 36 * 16 + 12 * panelTiles + 64 };
}
