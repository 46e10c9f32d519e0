// Workspaces: what each thread of a pool works in, in the memory that they share.

import { aligned, WORD_BYTES } from '../core/bytes.js';
import type { Engine } from '../engine/engine.js';
import type { WorkspaceBytes } from '../plan/algorithms/algorithm.js';
import { workspaceBytes } from '../plan/memory.js';
import { wordsOf } from '../run/task-writer.js';
import { workspaceAt } from '../run/workspace.js';
import { Workspace } from '../shared/task.js';
import { WORKSPACE, wordOf } from './control.js';

/** Bytes of the fields of a workspace; its areas follow. */
const FIELDS = aligned(WORD_BYTES * wordsOf(new Workspace()));

/** As many workspaces as threads. */
export class Workspaces {
  #address = -1;
  /** bytes that the areas of each may take */
  #bytes = 0;
  /** the areas that they are divided into */
  #areas: WorkspaceBytes | undefined;

  /** @param control the control words, where each thread finds the address of its workspace */
  constructor(
    readonly engine: Engine,
    readonly control: Int32Array,
    readonly count: number,
  ) {}

  /** Takes memory for such areas, unless there is enough. Where memory lacks, calls that need them stay on one thread. */
  makeRoom(areas: WorkspaceBytes): void {
    const bytes = workspaceBytes(areas);
    if (bytes <= this.#bytes) return;
    this.release();
    try {
      this.#address = this.engine.allocate(this.count * (FIELDS + bytes), 'the workspaces of threads');
      this.#bytes = bytes;
    } catch {
      // there is none
    }
  }

  /** Divides the workspaces into areas; false where they are too small. */
  layOut(areas: WorkspaceBytes): boolean {
    if (areas === this.#areas) return true;
    if (this.#address < 0 || workspaceBytes(areas) > this.#bytes) return false;
    for (let thread = 0; thread < this.count; thread++) {
      const address = this.#of(thread);
      this.engine.i32.set(Object.values(workspaceAt(address + FIELDS, areas)), address / WORD_BYTES);
      this.control[wordOf(thread, WORKSPACE)] = address;
    }
    this.#areas = areas;
    return true;
  }

  /** Adds to another workspace what was noted in these. */
  gather(workspace: number): void {
    const { i32 } = this.engine;
    for (let thread = 0; thread < this.count; thread++) {
      const word = this.#of(thread) / WORD_BYTES;
      if (i32[word] === 0) continue;
      i32[word] = 0;
      i32[workspace / WORD_BYTES] = 1;
    }
  }

  /** Gives the memory back. */
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
