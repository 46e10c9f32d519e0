// PyTorch on one thread, by pytorch.py (a file named torch.py would shadow the package); none if it is not installed.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Problem } from '#src/problem/problem.js';
import { NONE, type Times } from './contender.js';

/** The version, and the times of each problem in its order. */
interface TorchTimes {
  readonly version: string | undefined;
  readonly times: readonly Times[];
}

/** Environment variables that make Python keep the memory of large arrays: reallocating it takes longer than small layers. */
const KEPT = { MALLOC_MMAP_THRESHOLD_: '1073741824', MALLOC_TRIM_THRESHOLD_: '4294967296' };

/** Python interpreters that may have PyTorch; the first one that has it is used. */
const PYTHONS = [process.env.PYTHON ?? 'python3', '/usr/bin/python3'];

export function torchTimes(problems: readonly Problem[]): TorchTimes {
  const path = fileURLToPath(new URL('../../../bench/train/pytorch.py', import.meta.url));
  for (const python of PYTHONS) {
    const { status, stdout } = spawnSync(python, [path], {
      input: problems.map((problem) => JSON.stringify(problem)).join('\n'),
      encoding: 'utf8',
      env: { ...process.env, OMP_NUM_THREADS: '1', MKL_NUM_THREADS: '1', ...KEPT },
    });
    if (status !== 0) continue;
    const [version, ...lines] = stdout.trim().split('\n');
    return { version, times: lines.map((line) => JSON.parse(line) as Times) };
  }
  return { version: undefined, times: problems.map(() => NONE) };
}
