// Formats plain text tables, with the first columns aligned left and numbers right.

export type Cell = string | number;

/** Three significant digits, without exponents, so that columns can be compared visually. */
export function digits(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const decimals = value === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(decimals, 4));
}

const shown = (cell: Cell): string => (typeof cell === 'number' ? digits(cell) : cell);

/** A table, line by line. Each row has as many cells as `header`; text is aligned left, numbers right. */
export class Table {
  readonly #widths: number[];
  readonly #header: readonly string[];

  /** @param samples rows that determine the widths, so that lines can be printed one by one */
  constructor(header: readonly string[], samples: readonly (readonly Cell[])[]) {
    this.#header = header;
    this.#widths = header.map((title, column) =>
      Math.max(title.length, ...samples.map((row) => shown(row[column] ?? '').length)),
    );
  }

  head(): string {
    const line = this.#header.map((title, column) => title.padEnd(this.#widths[column])).join('  ');
    return `${line.trimEnd()}\n${this.#widths.map((width) => '─'.repeat(width)).join('  ')}`;
  }

  row(cells: readonly Cell[]): string {
    return cells
      .map((cell, column) =>
        typeof cell === 'number'
          ? shown(cell).padStart(this.#widths[column])
          : cell.padEnd(this.#widths[column]),
      )
      .join('  ')
      .trimEnd();
  }
}
