// Where pictures come from: a file, or the camera frame by frame.

/** Longest side that is computed; larger pictures are made smaller, so that every change shows at once. */
const LONGEST = 800;

/** Draws an image into a canvas, no longer than allowed, and gives its pixels. */
export function drawInto(
  canvas: HTMLCanvasElement,
  image: CanvasImageSource,
  width: number,
  height: number,
): ImageData {
  const scale = Math.min(1, LONGEST / Math.max(width, height));
  const [w, h] = [width, height].map((size) => Math.max(1, Math.round(scale * size)));
  if (canvas.width !== w || canvas.height !== h) Object.assign(canvas, { width: w, height: h });
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('This browser gives no canvas to draw on.');
  context.drawImage(image, 0, 0, w, h);
  return context.getImageData(0, 0, w, h);
}

export class Camera {
  readonly #video = document.createElement('video');
  #stream: MediaStream | undefined;
  #request = 0;

  get running(): boolean {
    return this.#stream !== undefined;
  }

  /** @throws Error with a sentence for the user */
  async start(frame: (video: HTMLVideoElement) => void): Promise<void> {
    if (!navigator.mediaDevices)
      throw new Error('The camera needs a page served by HTTPS or from localhost.');
    try {
      this.#stream = await navigator.mediaDevices.getUserMedia({ video: { width: 640, height: 480 } });
    } catch (error) {
      const { name } = error as DOMException;
      throw new Error(
        name === 'NotAllowedError'
          ? 'The browser was not allowed to use the camera. Its address bar has a switch for that.'
          : name === 'NotFoundError'
            ? 'No camera was found.'
            : `The camera could not be started (${name}).`,
      );
    }
    this.#video.muted = true;
    this.#video.playsInline = true;
    this.#video.srcObject = this.#stream;
    await this.#video.play();
    const tick = () => {
      if (!this.running) return;
      frame(this.#video);
      this.#request = requestAnimationFrame(tick);
    };
    tick();
  }

  stop(): void {
    cancelAnimationFrame(this.#request);
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = undefined;
    this.#video.srcObject = null;
  }
}
