// A picture to draw, by pointer or keys; transparent where nothing is drawn.

/** Pixels of the pad by which the keys move the brush. */
const STRIDE = 4;

export class Sketchpad {
  readonly #canvas: HTMLCanvasElement;
  /** The drawing, without the mark of the keyboard's brush. */
  readonly #drawing = document.createElement('canvas');
  readonly #changed: () => void;
  #at: readonly [number, number];
  colour = '#000000';
  width = 8;

  /** @param changed is called after each stroke */
  constructor(canvas: HTMLCanvasElement, changed: () => void) {
    this.#canvas = canvas;
    this.#changed = changed;
    Object.assign(this.#drawing, { width: canvas.width, height: canvas.height });
    this.#at = [canvas.width / 2, canvas.height / 2];
    canvas.addEventListener('pointerdown', (event) => {
      canvas.setPointerCapture(event.pointerId);
      this.#at = this.#place(event);
      this.#paint(this.#at);
    });
    canvas.addEventListener('pointermove', (event) => {
      if (event.buttons & 1) this.#paint(this.#place(event));
    });
    canvas.addEventListener('pointerup', changed);
    canvas.addEventListener('keydown', (event) => this.#key(event));
    for (const type of ['focus', 'blur']) canvas.addEventListener(type, () => this.#show());
  }

  get drawing(): HTMLCanvasElement {
    return this.#drawing;
  }

  wipe(): void {
    const { width, height } = this.#drawing;
    this.#drawing.getContext('2d')?.clearRect(0, 0, width, height);
    this.#show();
    this.#changed();
  }

  #place({ clientX, clientY }: PointerEvent): [number, number] {
    const { left, top, width, height } = this.#canvas.getBoundingClientRect();
    return [
      ((clientX - left) / width) * this.#canvas.width,
      ((clientY - top) / height) * this.#canvas.height,
    ];
  }

  /** Draws a line from the brush's last position. */
  #paint(to: readonly [number, number]): void {
    const context = this.#drawing.getContext('2d');
    if (!context) return;
    context.strokeStyle = this.colour;
    context.lineWidth = this.width;
    context.lineCap = 'round';
    context.beginPath();
    context.moveTo(...this.#at);
    context.lineTo(to[0] + 0.01, to[1]); // a line of length zero would not be drawn
    context.stroke();
    this.#at = to;
    this.#show();
  }

  #show(): void {
    const canvas = this.#canvas;
    const context = canvas.getContext('2d');
    if (!context) return;
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.drawImage(this.#drawing, 0, 0);
    if (document.activeElement !== canvas || !canvas.matches(':focus-visible')) return;
    context.strokeStyle = '#3457d5';
    context.beginPath();
    context.arc(...this.#at, this.width / 2, 0, 2 * Math.PI);
    context.stroke();
  }

  #key(event: KeyboardEvent): void {
    const [x, y] = this.#at;
    const { width, height } = this.#canvas;
    const moved = {
      ArrowLeft: [x - STRIDE, y],
      ArrowRight: [x + STRIDE, y],
      ArrowUp: [x, y - STRIDE],
      ArrowDown: [x, y + STRIDE],
    }[event.key];
    if (moved) {
      this.#at = [Math.min(width, Math.max(0, moved[0])), Math.min(height, Math.max(0, moved[1]))];
      this.#show();
    } else if (event.key === ' ') {
      this.#paint(this.#at);
      this.#changed();
    } else return;
    event.preventDefault();
  }
}
