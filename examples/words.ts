// npm run words: finds words of one sentence in another, and draws them.

import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { Argument, Command, InvalidArgumentError } from 'commander';
import { bandsOf } from './bands.js';
import { checkWritable, dataFile, run } from './files.js';
import { drawHeard, hear } from './phrase.js';
import { render } from './svg.js';
import { readRecording } from './wav.js';

const supplied = dataFile('sentence-1.wav');

const others = dataFile('sentence-2.wav');
/** The sentence in the recordings in examples/data, from Sense and Sensibility. */
const said = [
  '“He was not an ill disposed young man,',
  'unless to be rather cold hearted and rather selfish is to be ill disposed.”',
];

const program = new Command('npm run words --')
  .description('Finds where words of one sentence are repeated in another, spoken by the same voice.')
  .addArgument(
    new Argument('[known]', 'WAV file that contains the words').default(
      supplied,
      '"He was not an ill disposed young man" in examples/data',
    ),
  )
  .addArgument(
    new Argument('[other]', 'WAV file to search, with the same sample rate').default(
      others,
      'the rest of the sentence',
    ),
  )
  .option('-f, --from <seconds>', 'start of the words', seconds, 1.36)
  .option('-t, --to <seconds>', 'end of the words', seconds, 1.96)
  .option('-s, --score <number>', 'the lowest score of a match, at most 1', score, 0.75)
  .option('-o, --out <png>', 'the picture to write', 'words.png')
  .addHelpText('after', '\nExamples:\n  npm run words\n  npm run words -- a.wav b.wav --from 0.4 --to 0.9')
  .allowExcessArguments(false)
  .showHelpAfterError('(--help lists arguments and options)');

function seconds(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value < Number.POSITIVE_INFINITY))
    throw new InvalidArgumentError('It must be a number of seconds of at least 0.');
  return value;
}

function score(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= -1 && value <= 1))
    throw new InvalidArgumentError('It must be a number from -1 to 1.');
  return value;
}

interface Options {
  from: number;
  to: number;
  score: number;
  out: string;
}

async function main(knownPath: string, otherPath: string, options: Options): Promise<void> {
  const { from, to, score: least, out } = options;
  checkWritable(out);
  const recordings = [knownPath, otherPath].map(readRecording);
  const [{ rate }, { rate: otherRate }] = recordings;
  if (rate !== otherRate) {
    throw new Error(
      `${knownPath} has ${rate} samples a second and ${otherPath} has ${otherRate}: convert one of them to the sample rate of the other first`,
    );
  }
  const names = [basename(knownPath), basename(otherPath)] as const;
  const isSupplied = knownPath === supplied && from === 1.36 && to === 1.96;
  const words = isSupplied ? '“ill disposed”' : `${from.toFixed(2)} s to ${to.toFixed(2)} s of ${names[0]}`;
  const start = performance.now();
  const [known, other] = recordings.map(bandsOf);
  const heard = hear(known, { from, to }, other, least);
  const milliseconds = (performance.now() - start).toFixed(0);
  console.log(`${words}, in ${names[1]} of ${(recordings[1].samples.length / rate).toFixed(2)} s:\n`);
  for (const place of heard.places)
    console.log(`${place.seconds.toFixed(2).padStart(8)} s   score ${place.score.toFixed(3)}`);
  if (heard.places.length === 0) console.log('nowhere');
  console.log(`elsewhere at most ${heard.elsewhere.toFixed(3)}`);

  const captions = [knownPath, otherPath].map((path, i) =>
    path === [supplied, others][i] ? `${names[i]}: ${said[i]}` : names[i],
  ) as [string, string];
  const times = heard.places.map((place) => `${place.seconds.toFixed(2)} s`);
  const result =
    times.length === 0
      ? `is not heard in ${names[1]}`
      : times.length === 1
        ? `is heard again at ${times[0]}`
        : `is heard again at ${times.length} places`;
  const subtitle = `correlation coefficient of 24 bands of frequencies, by convnd in WebAssembly; elsewhere at most ${heard.elsewhere.toFixed(3)}`;
  const drawing = drawHeard(heard, [known, other], captions, { from, to }, least, [
    `${words} ${result}`,
    subtitle,
  ]);
  writeFileSync(out, await render(drawing));
  console.log(`\nwrote ${out}\n${milliseconds} ms for the bands and the search`);
}

program.action((known: string, other: string, options: Options) => run(() => main(known, other, options)));
await program.parseAsync();
