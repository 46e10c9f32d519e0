// Runs the examples' commands in a folder of their own.

import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';

/** The folder that commands run in; it goes when the tests of the file have ended. */
export const folder = mkdtempSync(join(tmpdir(), 'convnd-'));
after(() => rmSync(folder, { recursive: true }));

/** The path of a file there. */
export const at = (name: string) => join(folder, name);

/** What a command printed, and its exit code. */
export interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export function run(command: string, ...given: string[]): Promise<Run> {
  const script = fileURLToPath(new URL(`../../examples/${command}.js`, import.meta.url));
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...given], { cwd: folder, timeout: 600_000 }, (error, out, err) => {
      resolve({ code: error ? Number(error.code) : 0, out, err });
    });
  });
}

/** Runs over a list two at a time. */
export async function all<T, R>(list: T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = new Array(list.length);
  let next = 0;
  const worker = async () => {
    while (next < list.length) {
      const i = next++;
      results[i] = await work(list[i]);
    }
  };
  await Promise.all([worker(), worker()]);
  return results;
}
