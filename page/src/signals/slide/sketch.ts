// A signal to draw: bars that follow the pointer, or the arrow keys.

import { shown } from '../../numbers.ts';
import type { Values } from './model.ts';

const SVG = 'http://www.w3.org/2000/svg';

export class Sketch {
  readonly #pad = document.createElementNS(SVG, 'svg');
  readonly #changed: (values: Values) => void;
  #values: Values = new Float32Array();
  #least = -1;
  #most = 1;
  #step = 0.1;
  /** The sample that the keys change. */
  #chosen = 0;
  /** The last position of the pointer, so that no sample in between is skipped. */
  #last: readonly [number, number] | undefined;

  constructor(host: HTMLElement, name: string, changed: (values: Values) => void) {
    this.#changed = changed;
    const pad = this.#pad;
    pad.setAttribute('class', 'sketch');
    pad.setAttribute('preserveAspectRatio', 'none');
    pad.setAttribute('role', 'slider');
    pad.setAttribute('tabindex', '0');
    pad.setAttribute('aria-label', `${name}: left and right choose a sample, up and down change it`);
    host.append(pad);
    pad.addEventListener('pointerdown', (event) => {
      pad.setPointerCapture(event.pointerId);
      this.#last = undefined;
      this.#point(event);
    });
    pad.addEventListener('pointermove', (event) => {
      if (event.buttons & 1) this.#point(event);
    });
    pad.addEventListener('keydown', (event) => this.#key(event));
  }

  show(values: Values, most: number, step: number, signed: boolean): void {
    this.#values = values.slice();
    this.#most = most;
    this.#least = signed ? -most : 0;
    this.#step = step;
    this.#chosen = Math.min(this.#chosen, values.length - 1);
    this.#draw();
  }

  #draw(): void {
    const [low, high] = [this.#least, this.#most];
    const span = high - low;
    this.#pad.setAttribute('viewBox', `0 0 ${this.#values.length} ${span}`);
    const bars = Array.from(this.#values, (value, i) => {
      const top = high - Math.max(0, value);
      const name = i === this.#chosen ? 'chosen' : '';
      return `<rect x="${i + 0.1}" width="0.8" y="${top}" height="${Math.max(Math.abs(value), span / 150)}" class="${name}"/>`;
    });
    this.#pad.innerHTML = bars.join('');
    const value = this.#values[this.#chosen];
    this.#pad.setAttribute('aria-valuemin', String(low));
    this.#pad.setAttribute('aria-valuemax', String(high));
    this.#pad.setAttribute('aria-valuenow', String(value));
    this.#pad.setAttribute('aria-valuetext', `sample ${this.#chosen}: ${shown(value)}`);
  }

  #set(i: number, value: number): void {
    const rounded = Math.round(value / this.#step) * this.#step;
    const within = Math.min(this.#most, Math.max(this.#least, rounded));
    this.#values[i] = Number(within.toFixed(4));
  }

  #point({ clientX, clientY }: PointerEvent): void {
    const { left, top, width, height } = this.#pad.getBoundingClientRect();
    const count = this.#values.length;
    const i = Math.min(count - 1, Math.max(0, Math.floor(((clientX - left) / width) * count)));
    const value = this.#most - ((clientY - top) / height) * (this.#most - this.#least);
    const [from, before] = this.#last ?? [i, value];
    const way = Math.abs(i - from);
    for (let k = 0; k <= way; k++) {
      const share = way === 0 ? 1 : k / way;
      this.#set(from + Math.sign(i - from) * k, before + share * (value - before));
    }
    this.#last = [i, value];
    this.#chosen = i;
    this.#draw();
    this.#changed(this.#values.slice());
  }

  #key(event: KeyboardEvent): void {
    const across = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const up = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (!across && !up) return;
    event.preventDefault();
    if (across) this.#chosen = Math.min(this.#values.length - 1, Math.max(0, this.#chosen + across));
    if (up) {
      this.#set(this.#chosen, this.#values[this.#chosen] + up * this.#step);
      this.#changed(this.#values.slice());
    }
    this.#draw();
  }
}
