// PyTorch on one thread, by torch.py of this folder; none where there is no Python with it.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Problem } from '#src/problem/problem.js';
import { NONE, type Times } from './contender.js';

/** The version, and the times of each problem in its order. */
export interface TorchTimes {
  readonly version: string | undefined;
  readonly times: readonly Times[];
}

export function torchTimes(problems: readonly Problem[]): TorchTimes {
  const path = fileURLToPath(new URL('../../../bench/train/torch.py', import.meta.url));
  const { status, stdout } = spawnSync('python3', [path], {
    input: problems.map((problem) => JSON.stringify(problem)).join('\n'),
    encoding: 'utf8',
    env: { ...process.env, OMP_NUM_THREADS: '1', MKL_NUM_THREADS: '1' },
  });
  if (status !== 0) return { version: undefined, times: problems.map(() => NONE) };
  const [version, ...lines] = stdout.trim().split('\n');
  return { version, times: lines.map((line) => JSON.parse(line) as Times) };
}
