// A picture on which a box is drawn, by pointer or keys, and on which matches and their scores are shown.

import type { Plane } from '../job.ts';
import type { Box } from './pixels.ts';

/** Shorter boxes are accidental. */
const LEAST = 4;
/** Pixels of the page. */
const LABEL = 13;

const clamp = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));

export interface Mark extends Box {
  readonly score: number;
}

export class BoxStage {
  readonly #frame: HTMLElement;
  readonly #picture: HTMLCanvasElement;
  readonly #scores: HTMLCanvasElement;
  readonly #marks: SVGSVGElement;
  readonly #changed: (box: Box, finished: boolean) => void;
  #box: Box | undefined;
  #matches: readonly Mark[] = [];
  #from: readonly [number, number] | undefined;

  /** @param frame contains the picture's canvas, the scores' canvas and the marks' SVG, in this order */
  constructor(frame: HTMLElement, changed: (box: Box, finished: boolean) => void) {
    this.#frame = frame;
    [this.#picture, this.#scores] = frame.querySelectorAll('canvas');
    this.#marks = frame.querySelector('svg') as SVGSVGElement;
    this.#changed = changed;
    frame.addEventListener('pointerdown', (event) => {
      if (event.button !== 0 || this.#picture.width === 0) return;
      frame.setPointerCapture(event.pointerId);
      this.#from = this.#place(event);
    });
    frame.addEventListener('pointermove', (event) => this.#drag(event, false));
    frame.addEventListener('pointerup', (event) => {
      this.#drag(event, true);
      this.#from = undefined;
    });
    frame.addEventListener('keydown', (event) => this.#key(event));
    new ResizeObserver(() => this.#draw()).observe(frame);
  }

  get box(): Box | undefined {
    return this.#box;
  }

  show(box: Box | undefined, matches: readonly Mark[]): void {
    this.#box = box;
    this.#matches = matches;
    this.#draw();
  }

  /** Draws scores at the positions of the pattern's centre; undefined removes them. */
  overlay(scores: Plane | null | undefined, pattern: Pick<Box, 'width' | 'height'>): void {
    this.#scores.hidden = !scores;
    if (!scores) return;
    const [height, width] = scores.shape;
    Object.assign(this.#scores, { width, height });
    const image = new ImageData(width, height);
    for (const [i, score] of scores.data.entries())
      image.data.set([255, 214, 64, 240 * Math.max(0, score) ** 1.4], 4 * i);
    this.#scores.getContext('2d')?.putImageData(image, 0, 0);
    const share = (pixels: number, of: number) => `${(100 * pixels) / of}%`;
    Object.assign(this.#scores.style, {
      left: share((pattern.width - 1) / 2, this.#picture.width),
      top: share((pattern.height - 1) / 2, this.#picture.height),
      width: share(width, this.#picture.width),
      height: share(height, this.#picture.height),
    });
  }

  #place({ clientX, clientY }: PointerEvent): readonly [number, number] {
    const { left, top, width, height } = this.#picture.getBoundingClientRect();
    return [
      clamp(Math.round(((clientX - left) / width) * this.#picture.width), 0, this.#picture.width),
      clamp(Math.round(((clientY - top) / height) * this.#picture.height), 0, this.#picture.height),
    ];
  }

  #drag(event: PointerEvent, finished: boolean): void {
    if (!this.#from) return;
    const [[x1, y1], [x2, y2]] = [this.#from, this.#place(event)];
    const box = {
      x: Math.min(x1, x2),
      y: Math.min(y1, y2),
      width: Math.abs(x2 - x1),
      height: Math.abs(y2 - y1),
    };
    if (box.width < LEAST || box.height < LEAST) return;
    this.show(box, []);
    this.#changed(box, finished);
  }

  /** Arrow keys move the box; with Shift, its lower right corner. */
  #key(event: KeyboardEvent): void {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    const { width: W, height: H } = this.#picture;
    if (!way || W < LEAST || H < LEAST) return;
    event.preventDefault();
    const [dx, dy] = way.map((value) => value * (event.altKey ? 1 : 4));
    const { x, y, width, height } = this.#box ?? middleOf(W, H);
    const box = event.shiftKey
      ? { x, y, width: clamp(width + dx, LEAST, W - x), height: clamp(height + dy, LEAST, H - y) }
      : { x: clamp(x + dx, 0, W - width), y: clamp(y + dy, 0, H - height), width, height };
    this.show(box, []);
    this.#changed(box, true);
  }

  #draw(): void {
    const { width, height } = this.#picture;
    if (width === 0 || this.#frame.clientWidth === 0) return;
    const size = (LABEL * width) / this.#frame.clientWidth; // of a character, in pixels of the picture
    this.#marks.setAttribute('viewBox', `0 0 ${width} ${height}`);
    const rect = ({ x, y, width, height }: Box, name: string) =>
      `<rect x="${x}" y="${y}" width="${width}" height="${height}" class="${name}"/>`;
    const parts = this.#matches.map((match) => {
      const label = `<text class="marked" x="${match.x + size / 4}" y="${match.y + size}" font-size="${size}" stroke-width="${size / 4}">${match.score.toFixed(2)}</text>`;
      return rect(match, 'halo') + rect(match, 'match') + label;
    });
    if (this.#box) parts.push(rect(this.#box, 'halo'), rect(this.#box, 'box'));
    this.#marks.innerHTML = parts.join('');
  }
}

/** The initial position of a box. */
function middleOf(width: number, height: number): Box {
  const side = Math.max(LEAST, Math.round(Math.min(width, height) / 6));
  return { x: Math.round((width - side) / 2), y: Math.round((height - side) / 2), width: side, height: side };
}
