// Sources of pictures: a file, or the camera frame by frame.

/** The longest side that is computed; larger pictures are reduced, so that every change shows immediately. */
const LONGEST = 800;

/** Draws an image into a canvas, reduced to the maximum size, and returns its pixels. */
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
  if (!context) throw new Error('This browser provides no 2-D canvas.');
  context.drawImage(image, 0, 0, w, h);
  return context.getImageData(0, 0, w, h);
}

/** Why there is no camera or microphone, for the user. */
export function refusal({ name }: DOMException, device: 'camera' | 'microphone'): string {
  if (name === 'NotAllowedError')
    return `The browser was not allowed to use the ${device}. Allow it in the address bar.`;
  return name === 'NotFoundError'
    ? `No ${device} was found.`
    : `The ${device} could not be started (${name}).`;
}

/** The reason if the browser has neither. */
export const insecure = (device: 'camera' | 'microphone') =>
  `The ${device} needs a page served over HTTPS or from localhost.`;

export const end = (stream: MediaStream | undefined) => {
  for (const track of stream?.getTracks() ?? []) track.stop();
};

export class Camera {
  readonly #video = document.createElement('video');
  #stream: MediaStream | undefined;
  #running = false;
  /** Counts starts and stops, to discard results of an earlier start. */
  #turn = 0;

  /** Whether it has been started, also while the browser asks the user. */
  get running(): boolean {
    return this.#running;
  }

  /** @throws Error with a sentence for the user */
  async start(frame: (video: HTMLVideoElement) => void): Promise<void> {
    if (!navigator.mediaDevices) throw new Error(insecure('camera'));
    this.stop();
    this.#running = true;
    const turn = this.#turn;
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ video: { width: 640, height: 480 } });
      if (turn !== this.#turn) {
        end(stream);
        return;
      }
      this.#stream = stream;
      this.#video.muted = true;
      this.#video.playsInline = true;
      this.#video.srcObject = stream;
      await this.#video.play();
    } catch (error) {
      if (turn !== this.#turn) return;
      throw new Error(refusal(error as DOMException, 'camera'));
    }
    const tick = () => {
      if (turn !== this.#turn) return;
      frame(this.#video);
      requestAnimationFrame(tick);
    };
    tick();
  }

  stop(): void {
    this.#turn++;
    this.#running = false;
    end(this.#stream);
    this.#stream = undefined;
    this.#video.srcObject = null;
  }
}
