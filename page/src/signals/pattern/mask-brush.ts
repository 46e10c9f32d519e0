// The pattern, enlarged, and a brush that paints which of its pixels count.

import type { Plane } from '../job.ts';

/** The size of the squares over pixels that do not count, in pixels of the pattern. */
const CHECK = 3;

export class MaskBrush {
  readonly #canvas: HTMLCanvasElement;
  readonly #changed: () => void;
  #pattern: ImageData | undefined;
  #mask = new Float32Array();
  /** The position of the brush for keys. */
  #at: readonly [number, number] = [0, 0];
  /** Whether the brush includes pixels, rather than excluding them. */
  counts = false;
  /** The brush's radius relative to the pattern's longer side. */
  radius = 0.1;

  /** @param changed is called after each stroke */
  constructor(canvas: HTMLCanvasElement, changed: () => void) {
    this.#canvas = canvas;
    this.#changed = changed;
    canvas.addEventListener('pointerdown', (event) => {
      canvas.setPointerCapture(event.pointerId);
      this.#point(event);
    });
    canvas.addEventListener('pointermove', (event) => {
      if (event.buttons & 1) this.#point(event);
    });
    canvas.addEventListener('pointerup', () => this.#changed());
    canvas.addEventListener('keydown', (event) => this.#key(event));
    for (const type of ['focus', 'blur']) canvas.addEventListener(type, () => this.#draw());
  }

  /** The weights of the pixels, 0 or 1; undefined if all count. */
  get mask(): Plane | null {
    if (!this.#pattern || this.#mask.every((weight) => weight === 1)) return null;
    return { data: this.#mask.slice(), shape: [this.#pattern.height, this.#pattern.width] };
  }

  /** A new pattern, all of which counts. */
  load(pattern: ImageData): void {
    this.#pattern = pattern;
    this.#mask = new Float32Array(pattern.width * pattern.height).fill(1);
    this.#at = [pattern.width >> 1, pattern.height >> 1];
    Object.assign(this.#canvas, { width: pattern.width, height: pattern.height });
    this.#draw();
  }

  /** Makes all pixels count, or those in the ellipse that touches the sides. */
  reset(shape: 'all' | 'ellipse'): void {
    if (!this.#pattern) return;
    const { width, height } = this.#pattern;
    for (let i = 0; i < this.#mask.length; i++) {
      const x = (2 * (i % width) + 1) / width - 1;
      const y = (2 * Math.floor(i / width) + 1) / height - 1;
      this.#mask[i] = shape === 'all' || x * x + y * y <= 1 ? 1 : 0;
    }
    this.#draw();
    this.#changed();
  }

  get #radius(): number {
    const { width, height } = this.#canvas;
    return Math.max(0.5, this.radius * Math.max(width, height));
  }

  #paint(): void {
    if (!this.#pattern) return;
    const { width } = this.#pattern;
    const [cx, cy] = this.#at;
    for (let i = 0; i < this.#mask.length; i++) {
      const [dx, dy] = [(i % width) - cx, Math.floor(i / width) - cy];
      if (dx * dx + dy * dy <= this.#radius ** 2) this.#mask[i] = this.counts ? 1 : 0;
    }
    this.#draw();
  }

  #draw(): void {
    if (!this.#pattern) return;
    const { width, height, data } = this.#pattern;
    const shown = new ImageData(data.slice(), width, height);
    for (const [i, weight] of this.#mask.entries()) {
      if (weight === 1) continue;
      const odd = (Math.floor((i % width) / CHECK) + Math.floor(i / width / CHECK)) % 2;
      for (let c = 0; c < 3; c++)
        shown.data[4 * i + c] = 0.25 * data[4 * i + c] + (odd ? 150 : [150, 60, 40][c]);
    }
    const context = this.#canvas.getContext('2d');
    context?.putImageData(shown, 0, 0);
    if (!context || document.activeElement !== this.#canvas || !this.#canvas.matches(':focus-visible'))
      return;
    context.lineWidth = Math.max(width, height) / 60;
    context.strokeStyle = '#f0a050';
    context.beginPath();
    context.arc(this.#at[0] + 0.5, this.#at[1] + 0.5, this.#radius, 0, 2 * Math.PI);
    context.stroke();
  }

  #point({ clientX, clientY }: PointerEvent): void {
    const { left, top, width, height } = this.#canvas.getBoundingClientRect();
    const x = Math.floor(((clientX - left) / width) * this.#canvas.width);
    const y = Math.floor(((clientY - top) / height) * this.#canvas.height);
    this.#at = [x, y];
    this.#paint();
  }

  #key(event: KeyboardEvent): void {
    const { width, height } = this.#canvas;
    const [x, y] = this.#at;
    const stride = Math.max(1, Math.round(this.#radius / 2));
    const moved = {
      ArrowLeft: [x - stride, y],
      ArrowRight: [x + stride, y],
      ArrowUp: [x, y - stride],
      ArrowDown: [x, y + stride],
    }[event.key];
    if (moved) {
      this.#at = [Math.min(width - 1, Math.max(0, moved[0])), Math.min(height - 1, Math.max(0, moved[1]))];
      this.#draw();
    } else if (event.key === ' ') {
      this.#paint();
      this.#changed();
    } else return;
    event.preventDefault();
  }
}
