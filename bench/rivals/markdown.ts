// Formats the report as a Markdown table, for docs/rivals.md.

import { bestRival, gflops, isNumber, meanRatio, type Report, type Row, ratio } from './report.js';
import { isOurs } from './rivals.js';

/** Three digits, or a dash if there is no value. */
const figure = (value: number): string => (isNumber(value) ? String(Number(value.toPrecision(3))) : '–');

const times = (value: number): string => (isNumber(value) ? value.toFixed(2) : '–');

/** GFLOP/s of every runtime on every layer, and the speed of ours relative to the fastest of the others. */
export function markdown({ rows, names }: Report): string {
  const ours = names.filter(isOurs);
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const cellsOf = (layer: Row) => [
    layer.name || layer.class,
    `\`${layer.line}\``,
    ...names.map((name) => figure(gflops(layer, name))),
    ...ours.map((name) => times(ratio(layer, name))),
    bestRival(layer) ?? '–',
  ];
  const header = ['layer', 'problem', ...names, ...ours.map((name) => `${name} / best`), 'best'];
  const means = ours.map((name) => `${name} ${times(meanRatio(rows, name))}`).join(', ');
  return [
    row(header),
    row(header.map(() => '---')),
    ...rows.map((layer) => row(cellsOf(layer))),
    '',
    `Geometric means over the best of the others: ${means}.`,
    '',
  ].join('\n');
}
