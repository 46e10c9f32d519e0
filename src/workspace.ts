// Workspace: the panels and tables that an algorithm works in, sized for the caches.

import type { Algorithm } from './kernels.js';
import { TRANSFORMED_BYTES, tileBytes, type WinogradTile } from './transform.js';

/** Pixel tiles that are packed together: 32 panels of 16 KB are half a megabyte, a second-level cache. */
const PANEL_TILES = 32;

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
  const bytes = tileBytes(tile, terms, rows);
  const fitting = Math.floor(TRANSFORMED_BYTES / bytes / 8) * 8;
  const least =
    size * 4 * terms * rows > TRANSFORMED_BYTES ? Math.ceil(LEAST_TILES / tile.outputs[0] / 8) * 8 : 8;
  const wanted = Math.max(fitting, least);
  const panelTiles = Math.min(wanted, 8 * Math.ceil(tiles / 8));
  return { panelTiles, panel: panelTiles * bytes + size * 2 * 64, edge: 36 * 16 + 12 * panelTiles + 64 };
}
