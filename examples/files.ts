// Reads the examples' data files. Errors about files are one line that says what to do.

import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The path of a file in examples/data. */
export function dataFile(name: string): string {
  return fileURLToPath(new URL(`../../examples/data/${name}`, import.meta.url)); // from build/examples
}

const reasons: Record<string, string> = {
  ENOENT: 'there is no such file or folder',
  ENOTDIR: 'there is no such folder',
  EISDIR: 'it is a folder',
  EACCES: 'access is denied',
};

/** @throws Error that names the file and says why it cannot be read */
export function readBytes(path: string): Buffer {
  return explained(`cannot read ${path}`, () => readFileSync(path));
}

/** @throws Error, before any work is done, if a file cannot be written: its folder is missing or read-only, or a folder has its name */
export function checkWritable(path: string): void {
  const isThere = existsSync(path);
  explained(`cannot write ${path}`, () => accessSync(isThere ? path : dirname(path), constants.W_OK));
  if (isThere && statSync(path).isDirectory()) throw new Error(`cannot write ${path}: ${reasons.EISDIR}`);
}

function explained<T>(what: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Error(`${what}: ${reasons[code ?? ''] ?? message}`);
  }
}

/** Runs a command; an error becomes one line and the exit code 1. */
export async function run(command: () => Promise<void> | void): Promise<void> {
  try {
    await command();
  } catch (error) {
    console.error(`error: ${(error as Error).message}`);
    process.exitCode = 1;
  }
}
