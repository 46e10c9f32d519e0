// The result of a run as markdown.

import { version } from '../../../package.json';
import type { Measured } from './measure.ts';

export function reportOf(rows: readonly Measured[], features: readonly [string, string][]): string {
  const table = rows.map(
    ({ name, line, algorithm, milliseconds, gflops, error, right }) =>
      `| ${name} | \`${line}\` | ${algorithm} | ${milliseconds.toFixed(3)} | ${gflops.toFixed(1)} | ${right ? error.toExponential(1) : 'WRONG'} |`,
  );
  return [
    `convnd ${version}, ${new Date().toISOString().slice(0, 10)}`,
    '',
    ...features.map(([name, value]) => `* ${name}: ${value}`),
    '',
    '| layer | problem | algorithm | ms | GFLOP/s | error |',
    '| --- | --- | --- | --- | --- | --- |',
    ...table,
  ].join('\n');
}
