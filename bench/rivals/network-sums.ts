// Estimates whole networks: the sum of the times of their convolution layers, each multiplied by how often it runs.

import type { Network } from '../networks.js';
import { Table } from '../table.js';
import type { Report } from './report.js';

/** Milliseconds of all layers. A runtime that does not support one of them has no sum. */
function networkTimes({ layers }: Network, { rows, names }: Report): Record<string, number> {
  const byLine = new Map(rows.map((row) => [row.line, row]));
  const sum = (name: string) =>
    layers.reduce(
      (total, { line, times }) => total + times * (byLine.get(line)?.figures[name]?.median ?? Number.NaN),
      0,
    );
  return Object.fromEntries(names.map((name) => [name, sum(name)]));
}

export function printNetworks(networks: readonly Network[], report: Report): void {
  console.log('\nMilliseconds for all convolution layers of a network, as the sum of the layers above:');
  const cells = networks.map((network) => [network.about, ...Object.values(networkTimes(network, report))]);
  const table = new Table(['network', ...report.names], [...cells, ['', ...report.names.map(() => '00000')]]);
  console.log(table.head());
  for (const row of cells) console.log(table.row(row));
}
