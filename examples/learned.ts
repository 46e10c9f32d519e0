// A drawing of a training's result: the noisy, the denoised and the original picture, enlarged details, and the loss curve.

import { area, axisBelow, type Box, colours, grid, ground, heading, label } from './chart.js';
import { gain, type Result } from './learning.js';
import { type Photograph, toPicture } from './photographs.js';
import { encodePicture } from './picture.js';
import { newPicture, type Picture } from './pixels.js';
import { document, text } from './svg.js';

const [width, border, gap, top] = [1200, 32, 16, 112];
const column = (width - 2 * border - 2 * gap) / 3;
const enlarged = 4;

/** The page as SVG. */
export function drawLearned(
  result: Result,
  losses: readonly number[],
  title: string,
  subtitle: string,
): string {
  const [before, after] = gain(result).map((value) => `${value.toFixed(1)} dB`);
  const captions = [`noisy, PSNR ${before}`, `denoised, PSNR ${after}`, 'clean'];
  const photographs = [result.noisy, result.denoised, result.clean];
  const [, rows, columns] = result.clean.shape;
  const whole = Math.min(column / columns, 420 / rows);
  const detail = { width: Math.min(columns, Math.floor(column / enlarged)), height: Math.min(rows, 52) };
  const [first, second] = [top + 22, top + 22 + whole * rows + gap];
  const parts = [...heading(title, subtitle)];
  photographs.forEach((photograph, i) => {
    const x = border + i * (column + gap);
    parts.push(
      text(x, top + 8, captions[i], `font-size="15" font-weight="600" fill="${colours.bright}"`),
      image(toPicture(photograph), x, first, whole, ''),
      image(middle(photograph, detail), x, second, enlarged, 'image-rendering="optimizeSpeed"'),
    );
  });
  const y = second + enlarged * detail.height + 48;
  const box = {
    x: border + 48,
    y,
    width: width - 2 * border - 48,
    height: 220,
    from: 0,
    to: Math.max(losses.length, 2),
  };
  parts.push(curve(losses, result, box));
  return document(width, Math.ceil(y + box.height + 44), parts);
}

function image(picture: Picture, x: number, y: number, scale: number, style: string): string {
  const data = encodePicture(picture).toString('base64');
  const [w, h] = [picture.width * scale, picture.height * scale];
  return `<image x="${x}" y="${y}" width="${w}" height="${h}" ${style} href="data:image/png;base64,${data}"/>`;
}

/** The centre of a photograph. */
function middle(photograph: Photograph, { width, height }: { width: number; height: number }): Picture {
  const from = toPicture(photograph);
  const [left, top] = [Math.floor((from.width - width) / 2), Math.floor((from.height - height) / 2)];
  const part = newPicture(width, height);
  for (let y = 0; y < height; y++) {
    const start = 4 * ((top + y) * from.width + left);
    part.data.set(from.data.subarray(start, start + 4 * width), 4 * y * width);
  }
  return part;
}

/** The losses on a logarithmic scale, their running mean, and the loss of the unchanged noisy picture. */
function curve(losses: readonly number[], { noisy, clean }: Result, box: Box): string {
  const idle =
    noisy.data.reduce((sum, value, i) => sum + (value - clean.data[i]) ** 2, 0) / noisy.data.length;
  const finite = [...losses, idle].filter((value) => value > 0 && Number.isFinite(value)).map(Math.log10);
  const [low, high] = [Math.min(...finite) - 0.1, Math.max(...finite) + 0.1];
  const yOf = (value: number) => {
    const share = (Math.log10(value) - low) / (high - low);
    return box.y + box.height * (1 - Math.min(Math.max(share, 0), 1));
  };
  const across = { start: 1, step: 1 };
  const decades = Array.from(
    { length: Math.floor(high) - Math.ceil(low) + 1 },
    (_, i) => 10 ** (Math.ceil(low) + i),
  );
  const level = (value: number, colour: string, style = '') =>
    `<line x1="${box.x}" x2="${box.x + box.width}" y1="${yOf(value)}" y2="${yOf(value)}" stroke="${colour}" ${style}/>`;
  // on the side of the line where the curve does not end
  const beside = losses[losses.length - 1] < idle ? -7 : 18;
  return [
    ground(box),
    grid(box),
    ...decades.map(
      (value) =>
        level(value, colours.grid) +
        text(box.x - 10, yOf(value) + 5, String(value), 'font-size="13" text-anchor="end"'),
    ),
    area(losses, across, box, yOf, '#31547c'),
    level(idle, colours.second, 'stroke-dasharray="6 5"'),
    area(running(losses), across, box, yOf, colours.first),
    label(box.x + box.width - 12, yOf(idle) + beside, 'the noise left as it is', colours.second, 'end'),
    label(box.x + box.width - 12, box.y + 24, 'loss: mean square difference', colours.first, 'end'),
    axisBelow(box, 'step'),
  ].join('');
}

/** The running mean of the last values: a twentieth of all values, or fewer at the beginning, half of those so far. */
function running(values: readonly number[]): number[] {
  const sums = [0];
  for (const value of values) sums.push(sums[sums.length - 1] + value);
  return values.map((_, i) => {
    const window = Math.ceil(Math.min(values.length / 20, (i + 1) / 2));
    return (sums[i + 1] - sums[i + 1 - window]) / window;
  });
}
