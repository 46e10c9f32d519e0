// A runner with many workspaces, as threads would have them: it cuts every call into ranges and gives them out in random order. All on one
// thread, so that whatever it does wrong is found again.

import assert from 'node:assert/strict';
import { aligned } from '#src/core/bytes.js';
import type { Engine } from '#src/engine/engine.js';
import type { TaskEntry } from '#src/engine/entries.js';
import type { WorkspaceBytes } from '#src/plan/algorithms/algorithm.js';
import type { Runner } from '#src/run/runner.js';
import { workspaceAt } from '#src/run/workspace.js';
import { Workspace } from '#src/shared/task.js';

/** Bytes before and behind a workspace's areas that nobody may write, and the word that stands in them. */
const GUARD = 64;
const GUARD_WORD = 0x5afe5afe;

/** A workspace in memory: where its fields lie, and its areas with guards around them. */
interface Place {
  readonly fields: number;
  readonly first: number;
  readonly end: number;
}

/** Divides calls among workspaces of its own. */
export class ManyWorkspaces implements Runner {
  /** how often each entry was called for a part of a call */
  readonly parts = new Map<TaskEntry, number>();
  readonly #places: Place[];
  readonly #address: number;

  /**
   * @param areas what the entries that will be called need
   * @param random gives numbers in [0, 1)
   */
  constructor(
    readonly engine: Engine,
    areas: WorkspaceBytes,
    count: number,
    readonly random: () => number,
  ) {
    const fields = aligned(4 * Object.keys(new Workspace()).length);
    const bytes = Object.values(areas).reduce((sum, area) => sum + aligned(area), 0);
    const each = fields + bytes + 2 * GUARD;
    this.#address = engine.allocate(count * each, 'workspaces');
    this.#places = Array.from({ length: count }, (_, i) => {
      const at = this.#address + i * each;
      const first = at + fields + GUARD;
      const workspace = workspaceAt(first, areas);
      engine.i32.set(Object.values(workspace), at / 4);
      engine.i32.fill(GUARD_WORD, first / 4 - GUARD / 4, first / 4);
      engine.i32.fill(GUARD_WORD, (first + bytes) / 4, (first + bytes + GUARD) / 4);
      return { fields: at, first, end: first + bytes };
    });
  }

  run(engine: Engine, entry: TaskEntry, task: number, workspace: number, begin: number, end: number): void {
    assert.equal(engine, this.engine);
    for (const { fields, first, end: last } of this.#places) {
      engine.i32[fields / 4] = 0;
      engine.f32.fill(Number.NaN, first / 4, last / 4);
    }
    const ranges = this.#rangesOf(begin, end);
    for (const [from, to] of ranges) {
      engine.entries[entry](task, this.#oneOf(this.#places).fields, from, to);
    }
    if (ranges.length > 1) this.parts.set(entry, (this.parts.get(entry) ?? 0) + ranges.length);
    for (const { fields, first, end: last } of this.#places) {
      if (engine.i32[fields / 4] !== 0) engine.i32[workspace / 4] = 1;
      for (let at = 0; at < GUARD; at += 4) {
        assert.equal(engine.i32[(first - GUARD + at) / 4], GUARD_WORD, `${entry} wrote before its workspace`);
        assert.equal(engine.i32[(last + at) / 4], GUARD_WORD, `${entry} wrote behind its workspace`);
      }
    }
  }

  release(): void {
    this.engine.release(this.#address);
  }

  /** Ranges that cover the items from `begin` to `end`, in random order; one may be empty. */
  #rangesOf(begin: number, end: number): [from: number, to: number][] {
    const cuts = Array.from(
      { length: Math.floor(this.random() * 12) },
      () => begin + Math.floor(this.random() * (end - begin + 1)),
    );
    const bounds = [begin, ...cuts.sort((a, b) => a - b), end];
    const ranges = bounds.slice(1).map((to, i): [number, number] => [bounds[i], to]);
    for (let i = ranges.length - 1; i > 0; i--) {
      const other = Math.floor(this.random() * (i + 1));
      [ranges[i], ranges[other]] = [ranges[other], ranges[i]];
    }
    return ranges;
  }

  #oneOf<T>(list: readonly T[]): T {
    return list[Math.floor(this.random() * list.length)];
  }
}
