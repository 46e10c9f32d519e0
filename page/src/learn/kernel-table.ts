// A kernel as a table of numbers, each on a background whose colour depends on its value: orange above zero, blue below.

import { shown } from '../numbers.ts';

const GROUND = [246, 246, 248];
const ABOVE = [240, 160, 80];
const BELOW = [110, 165, 240];

/** @param most the value with the full colour */
export function showKernel(
  table: HTMLTableElement,
  values: ArrayLike<number>,
  size: number,
  most: number,
): void {
  if (table.rows.length !== size) {
    table.replaceChildren();
    table.dataset.size = String(size);
    for (let row = 0; row < size; row++) {
      const { cells } = table.insertRow();
      while (cells.length < size) table.rows[row].insertCell();
    }
  }
  for (let i = 0; i < size * size; i++) {
    const cell = table.rows[Math.floor(i / size)].cells[i % size];
    const share = Math.min(1, Math.abs(values[i]) / most);
    const end = values[i] > 0 ? ABOVE : BELOW;
    const colour = GROUND.map((ground, c) => Math.round(ground + share * (end[c] - ground)));
    cell.style.backgroundColor = `rgb(${colour.join()})`;
    cell.textContent = shown(Number(values[i].toFixed(size > 3 ? 2 : 3)) + 0);
  }
}
