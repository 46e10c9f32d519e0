// The result of a run as markdown.

import { version } from '../../../package.json';
import { onThreads } from '../numbers.ts';
import type { Measured } from './measure.ts';

/** A layer on one thread, and on all threads. */
export interface Row extends Measured {
  readonly all?: Measured;
}

export function reportOf(
  rows: readonly Row[],
  threads: number,
  features: readonly [string, string][],
): string {
  /** The cell of the second turn, if there is one. */
  const second = (text: string) => (threads > 1 ? ` ${text} |` : '');
  const table = rows.map(
    ({ name, line, algorithm, milliseconds, gflops, error, right, all }) =>
      `| ${name} | \`${line}\` | ${algorithm} | ${milliseconds.toFixed(3)} | ${gflops.toFixed(1)} |${second(all?.gflops.toFixed(1) ?? '')} ${right && (all?.right ?? true) ? error.toExponential(1) : 'WRONG'} |`,
  );
  return [
    `convnd ${version}, ${new Date().toISOString().slice(0, 10)}`,
    '',
    ...features.map(([name, value]) => `* ${name}: ${value}`),
    '',
    `| layer | problem | algorithm | ms | GFLOP/s |${second(onThreads(threads))} error |`,
    `| --- | --- | --- | --- | --- |${second('---')} --- |`,
    ...table,
  ].join('\n');
}
