// The npm that runs this job. By its path: `npm run` puts an older one, a dependency of a tool, before it.

import { execFileSync } from 'node:child_process';

const { npm_execpath: path } = process.env;

/** @returns what npm prints, unless it is shown */
export function npm(cwd, args, options = {}) {
  const [command, ...before] = path ? [process.execPath, path] : ['npm'];
  return execFileSync(command, [...before, ...args], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    shell: !path && process.platform === 'win32',
    ...options,
  });
}
