// The picture to learn from, reduced so that a step takes milliseconds.

import type { Picture } from '../../../examples/pixels.ts';
import type { TaskName } from './job.ts';

/** The longest side, in pixels. */
const LONGEST = 128;
/** The side of pictures to grow: information travels one cell per step. */
const CELLS = 24;

interface Source {
  readonly image: CanvasImageSource;
  readonly width: number;
  readonly height: number;
}

export function pictureFor(task: TaskName, source: Source): Picture {
  const grown = task === 'grow';
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('This browser provides no 2-D canvas.');
  const scale = (grown ? CELLS - 2 : LONGEST) / Math.max(source.width, source.height);
  const [w, h] = [source.width, source.height].map((size) => Math.max(1, Math.round(scale * size)));
  if (!grown && Math.min(w, h) < 16)
    throw new Error(`This picture is too narrow to learn from (${source.width} × ${source.height}).`);
  Object.assign(canvas, grown ? { width: CELLS, height: CELLS } : { width: w, height: h });
  if (!grown) {
    context.fillStyle = '#fff'; // transparent pixels become white
    context.fillRect(0, 0, w, h);
  }
  context.imageSmoothingQuality = 'high';
  const [left, top] = grown ? [(CELLS - w) / 2, (CELLS - h) / 2].map(Math.floor) : [0, 0];
  context.drawImage(source.image, left, top, w, h);
  const { width, height, data } = context.getImageData(0, 0, canvas.width, canvas.height);
  return { width, height, data };
}

/** A flower with petals, centre, stem and leaf, as a picture to grow. */
export function flower(): Source {
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width: 220, height: 220 });
  const context = canvas.getContext('2d');
  if (!context) throw new Error('This browser provides no 2-D canvas.');
  const disc = (x: number, y: number, radius: number, colour: string) => {
    context.fillStyle = colour;
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.fill();
  };
  context.strokeStyle = '#2c8a4b';
  context.lineWidth = 18;
  context.beginPath();
  context.moveTo(110, 90);
  context.lineTo(110, 215);
  context.stroke();
  context.fillStyle = '#2c8a4b';
  context.beginPath();
  context.ellipse(148, 172, 40, 17, -0.5, 0, 2 * Math.PI);
  context.fill();
  for (let petal = 0; petal < 5; petal++) {
    const angle = (2 * Math.PI * petal) / 5 - Math.PI / 2;
    disc(110 + 46 * Math.cos(angle), 82 + 46 * Math.sin(angle), 34, petal % 2 ? '#d6457f' : '#e0609a');
  }
  disc(110, 82, 29, '#f2b632');
  return { image: canvas, width: 220, height: 220 };
}
