// The denoiser: its pictures are PyTorch's, it learns, and the command that trains it says so.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { loadSafetensors, safetensorsMetadata, tensor } from 'convnd';
import { PNG } from 'pngjs';
import { Denoiser } from '../../examples/denoiser.js';
import { denoise } from '../../examples/learning.js';
import { readPhotograph } from '../../examples/photographs.js';
import { normal, uniform } from '../../examples/random.js';
import { all, at, run } from './runs.js';

/** A network and what it made of a picture, out of a file that the command wrote. */
function written(file: Uint8Array) {
  const { noisy, denoised, torch, ...weights } = loadSafetensors(file);
  const network = new Denoiser();
  network.loadStateDict(weights);
  const input = tensor(
    Float32Array.from(noisy.data as Uint8Array, (value) => value / 255),
    noisy.shape,
  );
  return { weights, network, input, denoised, torch };
}

/** The largest difference of two lists. */
const apart = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);

describe('what PyTorch makes of the weights', () => {
  // written by `npm run train`, with what PyTorch computed from it by the network of examples/denoise.py
  const file = gunzipSync(readFileSync('tests/fixtures/training/denoise.safetensors.gz'));
  const { network, input, denoised, torch } = written(file);

  it('is the same', () => {
    const [channels, height, width] = input.shape;
    const output = network.forward(tensor(input.data, [1, channels, height, width]));
    assert.ok(apart(output.data, torch.data as Float32Array) < 1e-5);
    const bytes = denoise(network, input).data.map((value) => Math.round(255 * value));
    const theirs = Array.from(torch.data as Float32Array, (value) =>
      Math.round(255 * Math.min(Math.max(value, 0), 1)),
    );
    // a number in the middle between two shades may fall to either
    assert.ok(apart(bytes, theirs) <= 1);
    assert.ok(apart(bytes, denoised.data as Uint8Array) <= 1);
    assert.ok(bytes.filter((value, i) => value !== theirs[i]).length < 10);
  });

  it('is computed by the layers of examples/denoise.py', () => {
    const source = readFileSync('examples/denoise.py', 'utf8');
    const layers = [...source.matchAll(/torch\.nn\.(Conv\w+)\((.*?)\)/g)].map(([, name, given]) => {
      const pairs = given.replace(/(\w+)=(\d)/g, '$1=($2, $2)');
      return `${name}(${pairs})`;
    });
    const ours = String(network).split('\n');
    assert.deepEqual(
      layers,
      ours.map((line) => line.slice('(0): '.length)),
    );
    // with a ReLU behind each but the last, so that the numbers of torch.nn.Sequential are those of the weights
    assert.equal(source.match(/torch\.nn\.ReLU\(\)/g)?.length, 3);
    assert.deepEqual(
      ours.map((line) => line.slice(0, 3)),
      ['(0)', '(2)', '(4)', '(6)'],
    );
  });
});

describe('the noise of the lessons', () => {
  it('is normal, and the same for a seed', () => {
    const [bell, again] = [normal(uniform(7)), normal(uniform(7))];
    const drawn = Float64Array.from({ length: 20_000 }, bell);
    assert.deepEqual(drawn.slice(0, 100), Float64Array.from({ length: 100 }, again));
    const moment = (power: number) => drawn.reduce((sum, value) => sum + value ** power, 0) / drawn.length;
    for (const [power, want] of [0, 1, 0, 3].entries())
      assert.ok(Math.abs(moment(power + 1) - want) < 0.2, `moment ${power + 1}: ${moment(power + 1)}`);
  });
});

/** A picture of stripes, whose width and height are no multiples of four. */
function stripes(): Buffer {
  const picture = new PNG({ width: 35, height: 26 });
  for (let i = 0; i < picture.data.length; i += 4)
    picture.data.set([(i >> 2) % 12 < 6 ? 220 : 60, 90, (i >> 5) % 200, 255], i);
  return PNG.sync.write(picture);
}

describe('train', () => {
  const few = ['-n', '30', '-b', '2', '-c', '24', '--photographs', 'stripes.png'];

  it('learns, line by line, and writes a drawing and weights', async () => {
    writeFileSync(at('stripes.png'), stripes());
    const { code, out, err } = await run('train', 'stripes.png', ...few);
    assert.deepEqual([code, err], [0, '']);
    assert.match(out, /^\(0\): Conv2d\(3, 24, kernel_size=\(3, 3\)/);
    const line = /^step +(\d+) of 30 {3}loss ([\d.]+) {3}\d+ images a second {3}\d+ s left$/gm;
    const lines = [...out.matchAll(line)].map(([, step, loss]) => [Number(step), Number(loss)]);
    assert.deepEqual(
      lines.map(([step]) => step),
      Array.from({ length: 15 }, (_, i) => 2 * i + 2),
    );
    assert.ok(lines[14][1] < 0.5 * lines[0][1], out);
    const end =
      /\n[\d.]+ s of training\nstripes\.png: PSNR 20\.\d\d dB with noise, [\d.]+ dB denoised: wrote denoise\.png and denoise\.safetensors\n$/;
    assert.match(out, end);

    const { width, height, data } = PNG.sync.read(readFileSync(at('denoise.png')));
    assert.ok(width === 1200 && height > 600);
    const found = new Set<string>();
    for (let i = 0; i < data.length; i += 4) found.add(data.toString('hex', i, i + 3));
    assert.ok(found.has('5aa2f2') && found.has('ffc44d'), 'the curve, and the line of the noise');

    const file = readFileSync(at('denoise.safetensors'));
    const { network, input, denoised, weights } = written(file);
    assert.equal(safetensorsMetadata(file).format, 'pt');
    const names = [0, 2, 4, 6].flatMap((number) => [`${number}.bias`, `${number}.weight`]);
    assert.deepEqual(Object.keys(weights).sort(), names);
    assert.deepEqual(input.shape, [3, 24, 32]);
    const bytes = denoise(network, input).data.map((value) => Math.round(255 * value));
    assert.deepEqual(Uint8Array.from(bytes), denoised.data);
    const clean = readPhotograph(at('stripes.png'), 4, 4);
    const noise = input.data.map((value, i) => value - clean.data[i]);
    const deviation = (255 * Math.hypot(...noise)) / Math.sqrt(noise.length);
    assert.ok(deviation > 20 && deviation < 27, `the noise has a deviation of ${deviation}`);
  });

  it('gives the same for the same seed, and other weights for another', async () => {
    writeFileSync(at('stripes.png'), stripes());
    const short = ['stripes.png', ...few, '-n', '3', '--noise', '10'];
    const files = ['a', 'b', 'c'].map((name) => ['-o', `${name}.png`, '-w', `${name}.safetensors`]);
    const seeds = [
      ['--seed', '4'],
      ['--seed', '4'],
      ['--seed', '5'],
    ];
    await all(files, (given) => run('train', ...short, ...given, ...seeds[files.indexOf(given)]));
    const [a, b, c] = ['a', 'b', 'c'].map((name) => readFileSync(at(`${name}.safetensors`)));
    assert.ok(a.equals(b));
    assert.ok(!a.equals(c));
  });

  it('refuses bad files and numbers in one line', async () => {
    writeFileSync(at('small.png'), stripes());
    writeFileSync(at('text.png'), 'once upon a time');
    writeFileSync(at('line.png'), PNG.sync.write(new PNG({ width: 40, height: 3 })));
    const cases: [string[], RegExp][] = [
      [['missing.png'], /^error: cannot read missing\.png: there is no such file or folder\n$/],
      [['.'], /^error: cannot read \.: it is a folder\n$/],
      [['text.png'], /^error: text\.png is not a PNG picture\n$/],
      [['line.png'], /^error: line\.png is too small: 40 × 3 pixels, and 4 × 4 are needed\n$/],
      [['-p', 'small.png'], /^error: small\.png is too small: 35 × 26 pixels, and 48 × 48 are needed\n$/],
      [
        ['-p', 'small.png', 'nothing.png', '-c', '8'],
        /^error: cannot read nothing\.png: there is no such file/,
      ],
      [['--steps', '0'], /argument '0' is invalid\. It must be an integer of at least 1\./],
      [['--crop', '30'], /argument '30' is invalid\. It must be a multiple of 4\./],
      [['--noise', '300'], /argument '300' is invalid\. It must be a number from 0 to 255\./],
      [['--lr', 'x'], /argument 'x' is invalid\. It must be a number from 0 to 1\./],
      [['--out', 'no/such.png'], /^error: cannot write no\/such\.png: there is no such file or folder\n$/],
      [['--weights', 'no/such.st'], /^error: cannot write no\/such\.st: there is no such file or folder\n$/],
      [['--colour'], /^error: unknown option '--colour'\n\(--help lists/],
    ];
    const results = await all(cases, ([given]) => run('train', ...given));
    for (const [i, { code, out, err }] of results.entries()) {
      assert.match(err, cases[i][1]);
      assert.deepEqual([code, out], [1, ''], err);
    }
    const help = await run('train', '--help');
    assert.match(help.out, /Usage: npm run train -- \[options\] \[picture\][\s\S]*--photographs <png\.\.\.>/);
  });
});
