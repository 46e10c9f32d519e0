// What ran where, as a table for the terminal and for docs/runtimes.md.

import { readFileSync, writeFileSync } from 'node:fs';

const columns = ['runtime', 'version', 'entry', 'where', 'cases', 'multiply-adds', 'worst error', 'result'];
const markers = ['<!-- table: npm run test:runtimes -- --write -->', '<!-- end of table -->'];

const cells = ({ runtime, version, entry, where, passed, failed, multiplyAdds, worst, result, note }) => [
  runtime,
  version ?? '',
  entry,
  where,
  passed === undefined ? '' : String(passed + failed),
  multiplyAdds ?? '',
  // whole numbers equal and rounded ones within their bound, of which this much was used
  worst === undefined ? '' : `${(100 * worst).toFixed(1)} %`,
  [result, ...(note ? [note] : [])].join(': '),
];

/** Columns as wide as their longest cell, for the terminal. */
export function asText(rows) {
  const lines = [columns, ...rows.map(cells)];
  const widths = columns.map((_, i) => Math.max(...lines.map((line) => line[i].length)));
  return lines
    .map((line) =>
      line
        .map((cell, i) => cell.padEnd(widths[i]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

const asMarkdown = (rows) =>
  [columns, columns.map(() => '---'), ...rows.map(cells)]
    .map((line) => `| ${line.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');

/** Puts the table between the markers of a page. */
export function writeTable(file, rows) {
  const text = readFileSync(file, 'utf8');
  const [begin, end] = markers.map((marker) => text.indexOf(marker));
  if (begin < 0 || end < begin) throw new Error(`${file} lacks the markers ${markers.join(' and ')}`);
  const before = text.slice(0, begin + markers[0].length);
  writeFileSync(file, `${before}\n\n${asMarkdown(rows)}\n\n${text.slice(end)}`);
}
