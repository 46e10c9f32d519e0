// The files that the examples come with, and errors about files in one line that a person can act on.

import { accessSync, constants, readFileSync } from 'node:fs';
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

/** @throws Error, before any work is done, if the folder of a file to come is missing or closed */
export function checkWritable(path: string): void {
  explained(`cannot write ${path}`, () => accessSync(dirname(path), constants.W_OK));
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
