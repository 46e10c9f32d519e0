// npm run align: finds the delay between two recordings, and draws them aligned.

import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { Argument, Command } from 'commander';
import { align, drawAlignment, laterInWords } from './alignment.js';
import { checkWritable, dataFile, run } from './files.js';
import { render } from './svg.js';
import { readRecording } from './wav.js';

const program = new Command('npm run align --')
  .description('Finds the lag between two recordings of the same sound, and draws both aligned.')
  .addArgument(
    new Argument('[one]', 'WAV file').default(dataFile('recorder-1.wav'), 'a reading in examples/data'),
  )
  .addArgument(
    new Argument('[two]', 'WAV file with the same sample rate').default(
      dataFile('recorder-2.wav'),
      'the same from another recorder: later, fainter, with echoes and noise',
    ),
  )
  .option('-o, --out <png>', 'the picture to write', 'aligned.png')
  .addHelpText('after', '\nExamples:\n  npm run align\n  npm run align -- left.wav right.wav --out both.png')
  .allowExcessArguments(false)
  .showHelpAfterError('(--help lists arguments and options)');

async function main(one: string, two: string, { out }: { out: string }): Promise<void> {
  checkWritable(out);
  const recordings = [readRecording(one), readRecording(two)] as const;
  const [{ rate }, { rate: other }] = recordings;
  if (rate !== other) {
    throw new Error(
      `${one} has ${rate} samples a second and ${two} has ${other}: convert one of them to the sample rate of the other first`,
    );
  }
  const names = [basename(one), basename(two)] as const;
  for (const [i, { samples }] of recordings.entries())
    console.log(
      `${names[i]}: ${samples.length} samples, ${(samples.length / rate).toFixed(3)} s of ${rate} Hz`,
    );

  const start = performance.now();
  const found = align(...recordings);
  const seconds = ((performance.now() - start) / 1000).toFixed(2);
  console.log(
    `\nlag ${found.lag} samples, ${(found.lag / rate).toFixed(4)} s: ${laterInWords(found, rate, ...names)}`,
  );
  console.log(`coefficient ${found.coefficient.toFixed(3)}, elsewhere at most ${found.elsewhere.toFixed(3)}`);

  const subtitle = `correlation coefficient at ${found.curve.length} lags, by convnd in WebAssembly; elsewhere at most ${found.elsewhere.toFixed(3)}`;
  writeFileSync(out, await render(drawAlignment(found, recordings, names, subtitle)));
  console.log(
    `wrote ${out}\n${seconds} s for the correlation, ${(performance.now() / 1000).toFixed(2)} s in all`,
  );
}

program.action((one: string, two: string, options: { out: string }) => run(() => main(one, two, options)));
await program.parseAsync();
