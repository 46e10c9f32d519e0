// Workspace: the areas of memory that entries work in. Each thread has a workspace of its own.

import { aligned } from '../core/bytes.js';
import type { WorkspaceBytes } from '../plan/algorithms/algorithm.js';
import { Workspace } from '../shared/task.js';

/** A workspace whose areas follow one another from an address on, each aligned to a cache line. */
export function workspaceAt(address: number, areas: WorkspaceBytes): Workspace {
  const workspace = new Workspace();
  let at = address;
  for (const [area, bytes] of Object.entries(areas) as [keyof WorkspaceBytes, number][]) {
    workspace[area] = at;
    at += aligned(bytes);
  }
  return workspace;
}
