// npm run upscale: doubles the width and height of a picture.

import { parse } from 'node:path';
import { clearLine, cursorTo } from 'node:readline';
import { Argument, Command, InvalidArgumentError } from 'commander';
import { loadSafetensors, settings } from 'convnd';
import { checkWritable, dataFile, readBytes, run } from './files.js';
import { readPicture, writePicture } from './picture.js';
import { upscale } from './tiles.js';
import { UpConv7 } from './upconv7.js';

const program = new Command('npm run upscale --')
  .description('Doubles the width and height of a picture with UpConv7: six Conv2d and one ConvTranspose2d.')
  .addArgument(
    new Argument('[picture]', 'PNG file of any format and size').default(
      dataFile('chelsea.png'),
      'a cat in examples/data',
    ),
  )
  .option('-o, --out <png>', 'the picture to write (default: <name>-2x.png in this folder)')
  .option('-t, --tile <pixels>', 'size of the tiles, which determines the memory', pixels, 128)
  .option(
    '-f, --fast',
    "use Winograd's algorithm: one pixel in ten thousand may then depend on the tiles, by 1 of 255",
  )
  .addHelpText('after', '\nExample:\n  npm run upscale -- photo.png --out large.png')
  .showHelpAfterError('(--help lists arguments and options)');

function pixels(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError('It must be an integer of at least 1.');
  return value;
}

interface Options {
  tile: number;
  out?: string;
  fast?: boolean;
}

function main(path: string, { tile, out = `${parse(path).name}-2x.png`, fast = false }: Options): void {
  settings.winograd = fast ? 'auto' : 'never';
  checkWritable(out);
  const picture = readPicture(path);
  const total = picture.width * picture.height;
  const network = new UpConv7(loadSafetensors(readBytes(dataFile('upconv7-2x.safetensors'))));

  const start = performance.now();
  const doubled = upscale(network, picture, tile, (done) => {
    if (!process.stderr.isTTY) return;
    cursorTo(process.stderr, 0);
    process.stderr.write(`${((100 * done) / total).toFixed(0)} %, ${rate(done, start)} `);
  });
  const seconds = ((performance.now() - start) / 1000).toFixed(2);
  if (process.stderr.isTTY) clearLine(process.stderr, 0, () => cursorTo(process.stderr, 0));

  writePicture(out, doubled);
  const peak = (process.resourceUsage().maxRSS * 1024) / 1e6;
  console.log(
    `${picture.width} × ${picture.height} → ${doubled.width} × ${doubled.height} pixels: wrote ${out}`,
  );
  console.log(`${seconds} s for the network, ${rate(total, start)}, ${peak.toFixed(0)} MB of memory at most`);
}

/** The speed in pixels of the given picture. */
function rate(pixels: number, start: number): string {
  return `${(pixels / 1000 / (performance.now() - start)).toFixed(3)} megapixels a second`;
}

program.action((path: string, options: Options) => run(() => main(path, options)));
await program.parseAsync();
