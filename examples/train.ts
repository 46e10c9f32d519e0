// npm run train: trains an autoencoder to denoise photographs, and shows its result for a photograph outside the training set.

import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { manualSeed, saveSafetensors } from 'convnd';
import { Denoiser, step as multiple } from './denoiser.js';
import { checkWritable, dataFile, run } from './files.js';
import { drawLearned } from './learned.js';
import { checkpoint, gain, learn, type Progress, tryOut } from './learning.js';
import { readPhotograph } from './photographs.js';
import { render } from './svg.js';

const program = new Command('npm run train --')
  .description(
    'Trains a denoising autoencoder, two Conv2d and two ConvTranspose2d, on crops of photographs, and applies it to another photograph.',
  )
  .addArgument(
    new Argument('[picture]', 'PNG file to denoise').default(
      dataFile('chelsea.png'),
      'a cat in examples/data',
    ),
  )
  .addOption(
    new Option('-p, --photographs <png...>', 'PNG files to train on').default(
      [dataFile('astronaut.png')],
      'an astronaut in examples/data',
    ),
  )
  .option('-n, --steps <count>', 'number of training steps', whole(1), 1000)
  .option('-b, --batch <count>', 'number of crops in a step', whole(1), 8)
  .option(
    '-c, --crop <pixels>',
    `side of the crops, a multiple of ${multiple}`,
    whole(multiple, multiple),
    48,
  )
  .option('--noise <deviation>', 'standard deviation of the noise, where white is 255', number(0, 255), 25)
  .option('--lr <rate>', 'initial learning rate', number(0, 1), 0.003)
  .option('--seed <number>', 'seed of the weights, crops and noise', whole(0), 1)
  .option('-o, --out <png>', 'the drawing to write', 'denoise.png')
  .option(
    '-w, --weights <safetensors>',
    'the weights to write, for examples/denoise.py',
    'denoise.safetensors',
  )
  .addHelpText('after', '\nExample:\n  npm run train -- holiday.png --photographs a.png b.png --steps 5000')
  .showHelpAfterError('(--help lists arguments and options)');

function whole(least: number, step = 1): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isSafeInteger(value) || value < least || value % step !== 0)
      throw new InvalidArgumentError(
        step === 1 ? `It must be an integer of at least ${least}.` : `It must be a multiple of ${step}.`,
      );
    return value;
  };
}

function number(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !(value >= least && value <= most))
      throw new InvalidArgumentError(`It must be a number from ${least} to ${most}.`);
    return value;
  };
}

interface Options {
  photographs: string[];
  steps: number;
  batch: number;
  crop: number;
  noise: number;
  lr: number;
  seed: number;
  out: string;
  weights: string;
}

async function main(path: string, options: Options): Promise<void> {
  const { steps, batch, crop: side, lr, seed, out, weights } = options;
  checkWritable(out);
  checkWritable(weights);
  const photographs = options.photographs.map((file) => readPhotograph(file, 1, side));
  const clean = readPhotograph(path, multiple, multiple);
  manualSeed(seed);
  const network = new Denoiser();
  console.log(String(network));

  const start = performance.now();
  const lesson = { photographs, steps, batch, side, lr, seed, noise: options.noise / 255 };
  const losses = learn(network, lesson, (progress) => {
    if (progress.step % Math.ceil(steps / 20) === 0 || progress.step === steps)
      console.log(line(progress, steps));
  });
  const seconds = ((performance.now() - start) / 1000).toFixed(1);

  const result = tryOut(network, clean, lesson);
  const [before, after] = gain(result).map((value) => value.toFixed(2));
  const names = options.photographs.map((file) => basename(file)).join(', ');
  const subtitle = `${basename(path)}, by an autoencoder trained on ${steps} batches of ${batch} crops of ${names}`;
  writeFileSync(
    out,
    await render(drawLearned(result, losses, 'A denoiser, trained in JavaScript', subtitle)),
  );
  writeFileSync(weights, saveSafetensors(checkpoint(network, result), { format: 'pt' }));
  console.log(`${seconds} s of training`);
  console.log(
    `${basename(path)}: PSNR ${before} dB with noise, ${after} dB denoised: wrote ${out} and ${weights}`,
  );
}

function line({ step, loss, imagesPerSecond, secondsLeft }: Progress, steps: number): string {
  const count = String(step).padStart(String(steps).length);
  return `step ${count} of ${steps}   loss ${loss.toFixed(5)}   ${imagesPerSecond.toFixed(0)} images a second   ${secondsLeft.toFixed(0)} s left`;
}

program.action((path: string, options: Options) => run(() => main(path, options)));
await program.parseAsync();
