// Collects the results of all processes and prints them.

import { Table } from '../table.js';
import { geometricMean, median } from '../timing.js';
import type { Outcome } from './outcome.js';
import { isOurs } from './rivals.js';
import { inWords } from './threads.js';

/** One runtime on one layer: the median of the rounds of its best process, and the minimum time of all. */
export interface Figure {
  readonly median: number;
  readonly least: number;
  /** The medians of each process: runtimes are sometimes slower for a whole process. */
  readonly processes: readonly number[];
  readonly error: number;
}

export interface Row {
  readonly class: string;
  readonly name: string;
  readonly line: string;
  readonly flops: number;
  readonly figures: Record<string, Figure>;
  readonly failures: Record<string, string>;
}

export interface Report {
  readonly cpu: string;
  readonly node: string;
  /** The browser in which they were measured, if any. */
  readonly browser?: string;
  /** The number of threads that each runtime may use. */
  readonly threads: number;
  readonly peak: number;
  readonly versions: Record<string, string>;
  readonly includes: Record<string, string>;
  readonly names: readonly string[];
  /** The runtimes whose operands stay in their own memory. */
  readonly resident: readonly string[];
  readonly rows: readonly Row[];
}

/** Adds the outcomes of a process on a layer. */
export function merge(outcomes: readonly Record<string, Outcome>[]): Pick<Row, 'figures' | 'failures'> {
  const figures: Record<string, Figure> = {};
  const failures: Record<string, string> = {};
  for (const name of new Set(outcomes.flatMap((all) => Object.keys(all)))) {
    const runs = outcomes.map((all) => all[name]).filter((outcome) => outcome && outcome.rounds.length > 0);
    if (runs.length === 0) {
      failures[name] = outcomes.find((all) => all[name]?.failure)?.[name].failure ?? 'not measured';
      continue;
    }
    const processes = runs.map(({ rounds }) => median(rounds.map(([middle]) => middle)));
    const least = Math.min(...runs.flatMap(({ rounds }) => rounds.map(([, shortest]) => shortest)));
    const error = Math.max(...runs.map((run) => run.error ?? 0));
    figures[name] = { median: Math.min(...processes), least, processes, error };
  }
  return { figures, failures };
}

export const gflops = (row: Row, name: string): number =>
  row.figures[name] ? row.flops / (row.figures[name].median * 1e6) : Number.NaN;

/** The JavaScript engine or browser. */
export const hostOf = ({ node, browser }: Report): string => browser ?? `Node ${node}`;

/** The fastest of the other runtimes. */
export function bestRival(row: Row): string | undefined {
  const others = Object.keys(row.figures).filter((name) => !isOurs(name));
  return others.sort((a, b) => row.figures[a].median - row.figures[b].median)[0];
}

/** The speed relative to `other` (by default the fastest of the others); NaN if one has no result. */
export function ratio(row: Row, name: string, other: string | undefined = bestRival(row)): number {
  const [ours, theirs] = [row.figures[name], other === undefined ? undefined : row.figures[other]];
  return ours && theirs ? theirs.median / ours.median : Number.NaN;
}

export const isNumber = (value: number): boolean => !Number.isNaN(value);

/** Geometric mean of the ratios that exist. */
export function meanRatio(rows: readonly Row[], name: string, other?: string): number {
  const ratios = rows.map((row) => ratio(row, name, other)).filter(isNumber);
  return ratios.length > 0 ? geometricMean(ratios) : Number.NaN;
}

export const classesOf = (rows: readonly Row[]): string[] => [...new Set(rows.map((row) => row.class))];

/** Prints GFLOP/s of each runtime on each layer, the ratios, failures with their reasons, and what the times include. */
export function printReport(report: Report): void {
  const { rows, names } = report;
  const ours = names.filter(isOurs);
  console.log(
    `\n${report.cpu}, ${hostOf(report)}, ${inWords(report.threads)}; f32x4 multiply and add of one reach ${report.peak.toFixed(1)} GFLOP/s.`,
  );
  console.log(
    'GFLOP/s from the median of interleaved rounds, each runtime in its best process; every result was checked.\n',
  );
  const header = ['class', 'layer', ...names, ...ours.map((name) => `${name} / best rival`)];
  const cells = rows.map((row) => [
    row.class,
    row.name || row.line,
    ...names.map((name) => gflops(row, name)),
    ...ours.map((name) => {
      const times = ratio(row, name);
      return isNumber(times) ? `${times.toFixed(2)}× ${bestRival(row)}` : '–';
    }),
  ]);
  const table = new Table(header, [...cells, ['', '', ...names.map(() => '000.0')]]);
  console.log(table.head());
  for (const row of cells) console.log(table.row(row));

  for (const name of ours) {
    const least = Math.min(...rows.map((row) => ratio(row, name)).filter(isNumber));
    console.log(
      `\n${name}, geometric means: ${meanRatio(rows, name).toFixed(2)}× the best rival of each layer, at least ${least.toFixed(2)}×`,
    );
    for (const group of classesOf(rows)) {
      const members = rows.filter((row) => row.class === group);
      console.log(`  ${group.padEnd(14)} ${meanRatio(members, name).toFixed(2)}×`);
    }
  }
  const failures = rows.flatMap((row) =>
    Object.entries(row.failures).map(([name, reason]) => `  ${name}, ${row.name || row.line}: ${reason}`),
  );
  if (failures.length > 0) console.log(`\nNot measured:\n${failures.join('\n')}`);
  console.log('\nWhat a time includes:');
  for (const [name, what] of Object.entries(report.includes)) console.log(`  ${name}: ${what}`);
}
