// Staged maps for the specs: the input element of each staged element, and the tables that describe it.

import { StageTask } from '../../src/shared/task';
import { below, block, get, put, table } from './memory';

/** The depths, rows and columns of the input for each staged depth, row and column; -1 for zeros. */
export class StagedMap {
  columns: i32[] = [];
  private runs: i32[] = [];

  constructor(
    public depths: i32[],
    public rows: i32[],
  ) {}

  /** Appends columns to the rows: `first`, `first + step` and so on, each `repeat` times; zeros if `first` is -1. */
  add(first: i32, count: i32, step: i32, repeat: i32 = 1): void {
    this.runs.push(this.columns.length << 2);
    this.runs.push(first < 0 ? -1 : first << 2);
    this.runs.push(count);
    this.runs.push(step);
    this.runs.push(repeat);
    for (let i = 0; i < count; i++) this.columns.push(first < 0 ? -1 : first + (i / repeat) * step);
  }

  /** Appends runs of any kind, until a row has `count` of `width` columns. */
  addAny(count: i32, width: i32): void {
    while (this.columns.length < count) {
      const some = 1 + below(min(count - this.columns.length, 9));
      const step = below(5) - 1;
      const reach = (some - 1) * abs(step);
      if (below(4) == 0 || reach >= width) this.add(-1, some, 0);
      else this.add(below(width - reach) + (step < 0 ? reach : 0), some, step);
    }
  }

  get size(): i32 {
    return this.depths.length * this.rows.length * this.columns.length;
  }

  /** Writes the tables of a task. */
  describe(task: StageTask): void {
    task.depthTable = <i32>table(this.depths);
    task.stagedDepths = this.depths.length;
    task.rowTable = <i32>table(this.rows);
    task.stagedRows = this.rows.length;
    task.runs = <i32>table(this.runs);
    task.runCount = this.runs.length / 5;
    task.stagedRow = this.columns.length << 2;
  }

  /** Writes the expected staged map of a map at `from`. */
  show(task: StageTask, from: usize, to: usize): void {
    let at = 0;
    for (let d = 0; d < this.depths.length; d++) {
      for (let r = 0; r < this.rows.length; r++) {
        const row = from + this.depths[d] * task.sourceDepth + this.rows[r] * task.sourceRow;
        for (let i = 0; i < this.columns.length; i++, at++) {
          const isZero = this.depths[d] < 0 || this.rows[r] < 0 || this.columns[i] < 0;
          put(to, at, isZero ? 0 : get(row, this.columns[i]));
        }
      }
    }
  }
}

/** The address of a task in a block of its own, as tasks refer to other tasks. */
export function placed(task: StageTask): i32 {
  const address = block(offsetof<StageTask>() >> 2);
  memory.copy(address, changetype<usize>(task), offsetof<StageTask>());
  return <i32>address;
}
