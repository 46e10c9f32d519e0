// The workspaces of the pool's threads, in shared memory.

import { aligned, WORD_BYTES } from '../core/bytes.js';
import type { Engine } from '../engine/engine.js';
import type { WorkspaceBytes } from '../plan/algorithms/algorithm.js';
import { workspaceBytes } from '../plan/memory.js';
import { wordsOf } from '../run/task-writer.js';
import { workspaceAt } from '../run/workspace.js';
import { Workspace } from '../shared/task.js';
import { threadWord, WORKSPACE } from './control.js';

/** The size of a workspace's fields in bytes; its areas follow them. */
const FIELDS = aligned(WORD_BYTES * wordsOf(new Workspace()));

/** One workspace per thread. */
export class Workspaces {
  #address = -1;
  /** the size of the areas of each workspace in bytes */
  #bytes = 0;
  /** the current layout */
  #areas: WorkspaceBytes | undefined;

  /** @param control the control buffer, in which each thread finds the address of its workspace */
  constructor(
    readonly engine: Engine,
    readonly control: Int32Array,
    readonly count: number,
  ) {}

  /** Allocates memory for these areas, unless there is enough. If that fails, calls that need them run on one thread. */
  makeRoom(areas: WorkspaceBytes): void {
    const bytes = workspaceBytes(areas);
    // also where only the fields of a workspace are needed, as by direct
    if (this.#address >= 0 && bytes <= this.#bytes) return;
    this.release();
    try {
      this.#address = this.engine.allocate(this.count * (FIELDS + bytes), 'the workspaces of threads');
      this.#bytes = bytes;
    } catch {
      // `layOut` returns false
    }
  }

  /** Divides the workspaces into areas. Returns false if they are too small. */
  layOut(areas: WorkspaceBytes): boolean {
    if (areas === this.#areas) return true;
    if (this.#address < 0 || workspaceBytes(areas) > this.#bytes) return false;
    for (let thread = 0; thread < this.count; thread++) {
      const address = this.#of(thread);
      this.engine.i32.set(Object.values(workspaceAt(address + FIELDS, areas)), address / WORD_BYTES);
      this.control[threadWord(thread, WORKSPACE)] = address;
    }
    this.#areas = areas;
    return true;
  }

  /** Moves the not-finite flags of these workspaces to another workspace. */
  gather(workspace: number): void {
    const { i32 } = this.engine;
    for (let thread = 0; thread < this.count; thread++) {
      const word = this.#of(thread) / WORD_BYTES;
      if (i32[word] === 0) continue;
      i32[word] = 0;
      i32[workspace / WORD_BYTES] = 1;
    }
  }

  /** Frees the memory. */
  release(): void {
    if (this.#address >= 0) this.engine.release(this.#address);
    this.#address = -1;
    this.#bytes = 0;
    this.#areas = undefined;
  }

  #of(thread: number): number {
    return this.#address + thread * (FIELDS + this.#bytes);
  }
}
