// Number fields for every input and weight.

import { plain } from '../numbers.ts';
import type { Model } from './model.ts';

/** Tables of fields: one for each plane of the last two axes. */
function tables(
  title: string,
  values: Float32Array,
  shape: readonly number[],
  changed: (values: number[]) => void,
): HTMLElement {
  const width = shape.at(-1) ?? 1;
  const height = shape.length > 3 ? (shape.at(-2) ?? 1) : 1;
  const outer = shape.slice(0, shape.length > 3 ? -2 : -1);
  const box = document.createElement('div');
  box.className = 'editor-planes';
  const fields: HTMLInputElement[] = [];
  for (let plane = 0; plane < values.length / (width * height); plane++) {
    let rest = plane;
    const place = outer.map((size, axis) => {
      const below = outer.slice(axis + 1).reduce((total, each) => total * each, 1);
      const at = Math.floor(rest / below) % size;
      rest %= below;
      return at;
    });
    const name = `${title} [${place.join(', ')}]`;
    const table = document.createElement('table');
    table.createCaption().textContent = name;
    for (let row = 0; row < height; row++) {
      const line = table.insertRow();
      for (let column = 0; column < width; column++) {
        const field = document.createElement('input');
        field.type = 'number';
        field.step = 'any';
        field.value = plain(values[(plane * height + row) * width + column]);
        field.setAttribute('aria-label', `${name}, row ${row}, column ${column}`);
        line.insertCell().append(field);
        fields.push(field);
      }
    }
    box.append(table);
  }
  box.addEventListener('input', () => {
    const numbers = fields.map((field) => field.valueAsNumber);
    if (numbers.every(Number.isFinite)) changed(numbers);
  });
  return box;
}

export function fillEditor(
  host: HTMLElement,
  model: Model,
  changed: (name: 'x' | 'weight', values: number[]) => void,
): void {
  host.replaceChildren(
    tables('weight', model.weight, model.weightShape, (values) => changed('weight', values)),
    tables('input', model.x, model.inputShape, (values) => changed('x', values)),
  );
}
