// Workspace: the panels and tables that an algorithm works in, sized for the caches.

import type { PerAxis } from '../geometry/axis.js';
import { TRANSFORMED_BYTES, tilesAlong, type WinogradTile } from './algorithms/winograd.js';
import type { Algorithm } from './choice.js';

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
  sizes: PerAxis,
): { panelTiles: number; panel: number; edge: number } {
  // a register tile of at most 5 x 8 for outputs that stick out, and a flag
  const edge = 5 * 8 * 4 + 64;
  if (algorithm.item === 'tile')
    return { panelTiles: PANEL_TILES, panel: PANEL_TILES * termsBlock * 32, edge };
  if (!tile) return { panelTiles: 0, panel: 0, edge };
  const { elements, planes, stretch } = tile;
  const bytes = 4 * elements * ((terms / planes) * (stretch + planes - 1) + rows * stretch);
  const fitting = Math.floor(TRANSFORMED_BYTES / bytes / 8) * 8;
  const least = 4 * elements * terms * rows > TRANSFORMED_BYTES ? LEAST_TILES : 8;
  const panelTiles = Math.min(
    Math.max(fitting, least),
    8 * Math.ceil(tilesAlong(tile, sizes).reduce((a, b) => a * b) / 8),
  );
  return { panelTiles, panel: panelTiles * bytes + elements * 2 * 64, edge: 36 * 16 + 12 * panelTiles + 64 };
}
