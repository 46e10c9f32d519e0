// One view: a slice, the patient's sides at its edges, the crosshair, and a slider that moves through the slices.

import type { Picture } from '../../../examples/pixels.ts';
import { type Axis, type planes, sidesOf } from '../../../examples/slices.ts';

/** Indices along the patient's axes, from the right, from the front and from the top. */
export type Position = readonly [number, number, number];

export type Plane = (typeof planes)[number];

const edges = ['left', 'right', 'top', 'bottom'] as const;

/** The ends of a slider's range. */
const ends = [
  ['right', 'left'],
  ['front', 'back'],
  ['crown', 'neck'],
];

/** The axis of the picture and the direction in which a key moves. */
const keys: Record<string, readonly ['columns' | 'rows' | 'depth', number]> = {
  ArrowLeft: ['columns', -1],
  ArrowRight: ['columns', 1],
  ArrowUp: ['rows', -1],
  ArrowDown: ['rows', 1],
  PageUp: ['depth', -1],
  PageDown: ['depth', 1],
};

export class SliceView {
  readonly #frame = document.createElement('div');
  readonly #canvas = document.createElement('canvas');
  readonly #vertical = document.createElement('div');
  readonly #horizontal = document.createElement('div');
  readonly #slider = document.createElement('input');
  readonly #number = document.createElement('output');
  #axes: readonly Axis[] = [];
  #position: Position = [0, 0, 0];

  constructor(
    figure: HTMLElement,
    readonly plane: Plane,
    private readonly move: (axis: number, index: number) => void,
  ) {
    const { name, columns, rows, depth } = plane;
    this.#frame.className = 'slice';
    this.#frame.tabIndex = 0;
    this.#frame.setAttribute('role', 'application');
    this.#frame.setAttribute(
      'aria-label',
      `${name} view; arrow keys move the crosshair, page keys go through the slices`,
    );
    this.#vertical.className = 'vertical';
    this.#horizontal.className = 'horizontal';
    const letters = sidesOf(columns, rows).map((letter, i) => {
      const span = document.createElement('span');
      span.className = edges[i];
      span.textContent = letter;
      return span;
    });
    this.#frame.append(this.#canvas, this.#vertical, this.#horizontal, ...letters);

    const label = document.createElement('label');
    label.htmlFor = this.#slider.id = `${name}-slice`;
    label.textContent = name;
    this.#slider.type = 'range';
    this.#slider.min = '0';
    this.#slider.addEventListener('input', () => move(depth, this.#slider.valueAsNumber));
    const caption = document.createElement('figcaption');
    caption.append(label, this.#slider, this.#number);
    figure.replaceChildren(this.#frame, caption);

    this.#frame.addEventListener('pointerdown', (event) => {
      this.#frame.setPointerCapture(event.pointerId);
      this.#point(event);
    });
    this.#frame.addEventListener('pointermove', (event) => {
      if (event.buttons & 1) this.#point(event);
    });
    this.#frame.addEventListener('keydown', (event) => this.#key(event));
    this.#frame.addEventListener('wheel', (event) => {
      if (document.activeElement !== this.#frame || event.deltaY === 0) return; // otherwise the wheel scrolls the page
      event.preventDefault();
      move(depth, this.#position[depth] + Math.sign(event.deltaY));
    });
  }

  load(axes: readonly Axis[]): void {
    this.#axes = axes;
    const [across, down] = [axes[this.plane.columns], axes[this.plane.rows]];
    Object.assign(this.#canvas, { width: across.size, height: down.size });
    const aspect = (across.size * across.millimetres) / (down.size * down.millimetres);
    this.#frame.style.setProperty('--aspect', String(aspect));
    this.#slider.max = String(axes[this.plane.depth].size - 1);
  }

  draw(picture: Picture): void {
    const image = new ImageData(picture.width, picture.height);
    image.data.set(picture.data);
    this.#canvas.getContext('2d')?.putImageData(image, 0, 0);
  }

  mark(position: Position): void {
    this.#position = position;
    const { columns, rows, depth } = this.plane;
    const share = (axis: number) => `${(100 * (position[axis] + 0.5)) / this.#axes[axis].size}%`;
    this.#vertical.style.left = share(columns);
    this.#horizontal.style.top = share(rows);
    this.#slider.value = String(position[depth]);
    const of = `${position[depth] + 1} of ${this.#axes[depth].size}`;
    this.#slider.setAttribute('aria-valuetext', `${of}, from ${ends[depth][0]} to ${ends[depth][1]}`);
    this.#number.textContent = of;
  }

  #point({ clientX, clientY }: PointerEvent): void {
    const { left, top, width, height } = this.#canvas.getBoundingClientRect();
    const { columns, rows } = this.plane;
    this.move(columns, Math.floor(((clientX - left) / width) * this.#axes[columns].size));
    this.move(rows, Math.floor(((clientY - top) / height) * this.#axes[rows].size));
  }

  #key(event: KeyboardEvent): void {
    const key = keys[event.key];
    if (!key) return;
    event.preventDefault(); // prevents scrolling
    const axis = this.plane[key[0]];
    this.move(axis, this.#position[axis] + key[1] * (event.shiftKey ? 10 : 1));
  }
}
