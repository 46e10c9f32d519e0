// A table of number fields: an editable kernel or channel matrix.

import type { Kernel } from './kernels.ts';

export class NumberGrid {
  readonly #table: HTMLTableElement;
  readonly #changed: (values: Kernel) => void;
  readonly #nameOf: (row: number, column: number) => string;
  readonly #heads: readonly string[];

  /** @param heads names of columns and rows, if they are shown */
  constructor(
    table: HTMLTableElement,
    nameOf: (row: number, column: number) => string,
    changed: (values: Kernel) => void,
    heads: readonly string[] = [],
  ) {
    this.#table = table;
    this.#nameOf = nameOf;
    this.#changed = changed;
    this.#heads = heads;
    table.addEventListener('input', () => {
      const fields = [...this.#table.querySelectorAll('input')];
      const side = Math.sqrt(fields.length);
      const values = fields.map((field) => field.valueAsNumber);
      for (const [i, field] of fields.entries())
        field.setAttribute('aria-invalid', String(Number.isNaN(values[i])));
      if (values.some(Number.isNaN)) return; // while the visitor types
      this.#changed(Array.from({ length: side }, (_, row) => values.slice(row * side, (row + 1) * side)));
    });
  }

  show(values: Kernel): void {
    this.#table.classList.toggle('wide', values.length > 5);
    const cell = (tag: 'th' | 'td', content: string | Node, scope?: string) => {
      const made = document.createElement(tag);
      if (scope) made.setAttribute('scope', scope);
      made.append(content);
      return made;
    };
    const rows = values.map((row, y) => {
      const made = document.createElement('tr');
      if (this.#heads.length) made.append(cell('th', this.#heads[y], 'row'));
      for (const [x, value] of row.entries()) {
        const field = document.createElement('input');
        field.type = 'number';
        field.step = 'any';
        field.value = String(value);
        field.setAttribute('aria-label', this.#nameOf(y, x));
        made.append(cell('td', field));
      }
      return made;
    });
    if (this.#heads.length) {
      const head = document.createElement('tr');
      head.append(cell('td', ''), ...this.#heads.map((name) => cell('th', name, 'col')));
      rows.unshift(head);
    }
    this.#table.replaceChildren(...rows);
  }
}
