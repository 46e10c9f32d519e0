// Desk: the areas of memory that entries work in. Each thread has a desk of its own.

import { aligned } from '../core/bytes.js';
import type { DeskBytes } from '../plan/algorithms/algorithm.js';
import { Desk } from '../shared/task.js';

/** A desk whose areas lie one after another from an address on, each from a cache line on. */
export function deskAt(address: number, areas: DeskBytes): Desk {
  const desk = new Desk();
  let at = address;
  for (const [area, bytes] of Object.entries(areas) as [keyof DeskBytes, number][]) {
    desk[area] = at;
    at += aligned(bytes);
  }
  return desk;
}
