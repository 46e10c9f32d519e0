// Desk: the areas that a runner of calls works in, one after another.

import { aligned } from '../core/bytes.js';
import type { DeskBytes } from '../plan/algorithms/algorithm.js';
import { Desk } from '../shared/task.js';

/** A desk whose areas begin at an address. */
export function deskAt(address: number, areas: DeskBytes): Desk {
  const desk = new Desk();
  let at = address;
  for (const [area, bytes] of Object.entries(areas) as [keyof DeskBytes, number][]) {
    desk[area] = at;
    at += aligned(bytes);
  }
  return desk;
}
