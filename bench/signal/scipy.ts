// SciPy's times, from a Python script of this folder; none if SciPy is not installed.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Environment variables that make Python keep the memory of large arrays: returning and reallocating it takes longer than the sums. */
const KEPT = { MALLOC_MMAP_THRESHOLD_: '1073741824', MALLOC_TRIM_THRESHOLD_: '4294967296' };

/** SciPy's version, and the minimum milliseconds of each task. */
interface ScipyTimes {
  readonly version: string;
  readonly least: readonly number[];
}

/**
 * Runs a script on one core.
 * @param tasks one line each, as the script reads them
 */
export function scipyTimes(script: string, tasks: readonly string[]): ScipyTimes | undefined {
  const path = fileURLToPath(new URL(`../../../bench/signal/${script}`, import.meta.url));
  const { status, stdout } = spawnSync('python3', [path], {
    input: tasks.join('\n'),
    encoding: 'utf8',
    env: { ...process.env, OMP_NUM_THREADS: '1', ...KEPT },
  });
  if (status !== 0) return undefined;
  const [version, ...least] = stdout.trim().split('\n');
  return { version, least: least.map(Number) };
}
