// npm run find: finds the positions of a pattern in a picture, and draws them.

import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { Argument, Command, InvalidArgumentError } from 'commander';
import { checkWritable, dataFile, run } from './files.js';
import { drawFound, find } from './found.js';
import { readPicture } from './picture.js';
import { render } from './svg.js';

const program = new Command('npm run find --')
  .description('Finds a pattern in a picture, independent of brightness and contrast.')
  .addArgument(new Argument('[picture]', 'PNG file').default(dataFile('coins.png'), 'coins in examples/data'))
  .addArgument(
    new Argument('[pattern]', 'PNG file; its transparent pixels do not count').default(
      dataFile('coin.png'),
      'one of the coins, darker and noisy',
    ),
  )
  .option('-o, --out <png>', 'the picture to write', 'found.png')
  .option('-s, --score <number>', 'the lowest score of a match, at most 1', score, 0.6)
  .option('-m, --most <number>', 'the largest number of matches', count, 50)
  .addHelpText('after', '\nExamples:\n  npm run find\n  npm run find -- screen.png button.png --score 0.9')
  .allowExcessArguments(false)
  .showHelpAfterError('(--help lists arguments and options)');

function score(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= -1 && value <= 1))
    throw new InvalidArgumentError('It must be a number from -1 to 1.');
  return value;
}

function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError('It must be an integer of at least 1.');
  return value;
}

interface Options {
  out: string;
  score: number;
  most: number;
}

async function main(picturePath: string, patternPath: string, options: Options): Promise<void> {
  const { out, score: threshold, most } = options;
  checkWritable(out);
  const picture = readPicture(picturePath);
  const pattern = readPicture(patternPath);
  console.log(
    `${basename(picturePath)}: ${picture.width} × ${picture.height} pixels, ${basename(patternPath)}: ${pattern.width} × ${pattern.height}`,
  );

  const start = performance.now();
  // one more than shown, to know whether there are others
  const found = find(picture, pattern, threshold, most + 1);
  const places = found.slice(0, most);
  const milliseconds = (performance.now() - start).toFixed(0);
  console.log(`\n${''.padStart(4)}${'left'.padStart(8)}${'top'.padStart(8)}${'score'.padStart(10)}`);
  for (const [i, place] of places.entries()) {
    const line = [place.left, place.top].map((value) => String(value).padStart(8)).join('');
    console.log(`${String(i + 1).padStart(4)}${line}${place.score.toFixed(4).padStart(10)}`);
  }

  const shown = `${places.length || 'no'} ${places.length === 1 ? 'place' : 'places'}`;
  const number = found.length > most ? `more than ${shown}` : shown;
  const title = `${basename(patternPath)} fits into ${number} of ${basename(picturePath)}`;
  const subtitle = `correlation coefficient ${threshold} or more, by convnd in WebAssembly`;
  writeFileSync(out, await render(drawFound(picture, pattern, places, title, subtitle)));
  console.log(
    `\n${number} with a score of ${threshold} or more: wrote ${out}\n${milliseconds} ms for the search`,
  );
}

program.action((picture: string, pattern: string, options: Options) =>
  run(() => main(picture, pattern, options)),
);
await program.parseAsync();
