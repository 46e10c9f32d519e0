// A row of the table of volumes, which is also the legend of the colours.

import { classes, colours } from '../../../examples/tissues.ts';

export function legendRow(label: number, voxels: number, millilitres: number): HTMLTableRowElement {
  const row = document.createElement('tr');
  const name = document.createElement('th');
  name.scope = 'row';
  const swatch = document.createElement('span');
  swatch.className = 'swatch';
  swatch.style.background = `rgb(${colours[label]})`;
  name.append(swatch, classes[label]);
  row.append(name);
  for (const text of [`${(voxels * millilitres).toFixed(1)} ml`, `${voxels.toLocaleString('en')} voxels`]) {
    const cell = row.insertCell();
    cell.className = 'number';
    cell.textContent = text;
  }
  return row;
}
