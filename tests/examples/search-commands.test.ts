// The commands that find: patterns in pictures, lags of recordings, words in sentences; and what they say to bad files.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { PNG } from 'pngjs';
import { normal, uniform } from '../helpers/numbers.js';
import { all, at, run } from './runs.js';

/** A PNG picture of a function of the place, which gives red, green, blue and opacity. */
function png(width: number, height: number, colourAt: (x: number, y: number) => number[]): Buffer {
  const picture = new PNG({ width, height });
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) picture.data.set(colourAt(x, y), 4 * (y * width + x));
  return PNG.sync.write(picture);
}

/** A WAV file of 16-bit samples from -1 to 1, channel by channel in turn. */
function wav(samples: ArrayLike<number>, rate: number, channels = 1): Buffer {
  const bytes = Buffer.alloc(44 + 2 * samples.length);
  bytes.write('RIFF', 0);
  bytes.writeUInt32LE(bytes.length - 8, 4);
  bytes.write('WAVEfmt ', 8);
  const numbers = [16, 4, 1, 2, channels, 2, rate, 4, 2 * channels * rate, 4, 2 * channels, 2, 16, 2];
  for (let i = 0, place = 16; i < numbers.length; i += 2) {
    bytes.writeUIntLE(numbers[i], place, numbers[i + 1]);
    place += numbers[i + 1];
  }
  bytes.write('data', 36);
  bytes.writeUInt32LE(2 * samples.length, 40);
  for (let i = 0; i < samples.length; i++) bytes.writeInt16LE(Math.round(32767 * samples[i]), 44 + 2 * i);
  return bytes;
}

/** The sizes of a picture that was written, and its colours as hexadecimal numbers. */
function drawn(name: string): { width: number; height: number; colours: Set<string> } {
  const { width, height, data } = PNG.sync.read(readFileSync(at(name)));
  const colours = new Set<string>();
  for (let i = 0; i < data.length; i += 4) colours.add(data.toString('hex', i, i + 3));
  return { width, height, colours };
}

/** Runs a command with bad input: one line, exit code 1, nothing else. */
async function refuses(command: string, cases: [string[], RegExp][]): Promise<void> {
  const results = await all(cases, ([given]) => run(command, ...given));
  for (const [i, { code, out, err }] of results.entries()) {
    assert.match(err, cases[i][1]);
    assert.doesNotMatch(err, /\n\s+at /);
    assert.deepEqual([code, out.includes('wrote')], [1, false], err);
  }
}

const spotted = (seed: number) => {
  const next = uniform(seed);
  const cells = Array.from({ length: 4096 }, () =>
    [next() * 255, next() * 255, next() * 255].map(Math.round),
  );
  return (x: number, y: number) => [...cells[((y & 63) << 6) | (x & 63)], 255];
};

describe('find', () => {
  it('finds the coin, with its background transparent, and the coins that look most like it', async () => {
    const { code, out, err } = await run('find');
    assert.deepEqual([code, err], [0, '']);
    assert.match(out, /coins\.png: 384 × 303 pixels, coin\.png: 55 × 50\n/);
    // OpenCV: 0.98622 at this place
    assert.match(out, / 1 +75 +170 +0\.9862\n/);
    assert.match(out, /\n6 places with a score of 0\.6 or more: wrote found\.png\n/);
    const { width, height, colours } = drawn('found.png');
    assert.ok(width === 1200 && height > 700);
    assert.ok(colours.has('ffc44d') && colours.has('5aa2f2'), 'boxes of the best place and of others');
  });

  it('finds a pattern in colours, where there is more than one, and says where there is none', async () => {
    const field = spotted(3);
    const icon = spotted(4);
    const isIcon = (x: number, y: number) =>
      [10, 47].some((left) => x >= left && x < left + 9 && y >= 20 && y < 31);
    const screen = (x: number, y: number) =>
      isIcon(x, y) ? icon(x < 40 ? x - 10 : x - 47, y - 20) : field(x, y);
    writeFileSync(at('screen.png'), png(64, 48, screen));
    writeFileSync(at('icon.png'), png(9, 11, icon));
    const both = await run('find', 'screen.png', 'icon.png', '--score', '0.9', '-o', 'icons.png');
    assert.match(both.out, / 1 +10 +20 +1\.0000\n +2 +47 +20 +1\.0000\n\n2 places/);
    const one = await run(
      'find',
      'screen.png',
      'icon.png',
      '--score',
      '0.9',
      '--most',
      '1',
      '-o',
      'icons.png',
    );
    assert.match(one.out, /\nmore than 1 place with a score of 0\.9 or more: wrote icons\.png/);
    writeFileSync(at('other.png'), png(9, 11, spotted(5)));
    const none = await run('find', 'screen.png', 'other.png', '-s', '0.9', '-o', 'icons.png');
    assert.deepEqual([none.code, none.err], [0, '']);
    assert.match(none.out, /\nno places with a score of 0\.9 or more: wrote icons\.png/);
  });

  it('refuses bad files and numbers in one line', async () => {
    const small = png(8, 8, spotted(1));
    writeFileSync(at('small.png'), small);
    writeFileSync(at('wide.png'), png(9, 2, spotted(1)));
    writeFileSync(
      at('plain.png'),
      png(3, 3, () => [7, 7, 7, 255]),
    );
    writeFileSync(
      at('clear.png'),
      png(3, 3, () => [7, 7, 7, 0]),
    );
    writeFileSync(at('cut.png'), small.subarray(0, small.length - 30));
    writeFileSync(at('text.png'), 'once upon a time');
    writeFileSync(at('empty.png'), '');
    await refuses('find', [
      [['missing.png'], /^error: cannot read missing\.png: there is no such file or folder\n$/],
      [['.'], /^error: cannot read \.: it is a folder\n$/],
      [['small.png', 'missing.png'], /^error: cannot read missing\.png: there is no such file or folder\n$/],
      [['text.png'], /^error: text\.png is not a PNG picture\n$/],
      [['empty.png'], /^error: empty\.png is not a PNG picture\n$/],
      [['cut.png'], /^error: cut\.png is a damaged or truncated PNG picture\n$/],
      [
        ['small.png', 'wide.png'],
        /^error: the pattern of 9 × 2 pixels is larger than the picture of 8 × 8 pixels\n$/,
      ],
      [['small.png', 'plain.png'], /^error: the pattern has a single colour, so it has no matches\n$/],
      [['small.png', 'clear.png'], /^error: the pattern has a single colour, so it has no matches\n$/],
      [['--score', '2'], /argument '2' is invalid\. It must be a number from -1 to 1\./],
      [['--most', '0'], /argument '0' is invalid\. It must be an integer of at least 1\./],
      [['--out', 'no/such.png'], /^error: cannot write no\/such\.png: there is no such file or folder\n$/],
      [['--out', '.'], /^error: cannot write \.: it is a folder\n$/],
      [['--colour'], /^error: unknown option '--colour'\n\(--help lists/],
    ]);
    const help = await run('find', '--help');
    assert.match(
      help.out,
      /Usage: npm run find -- \[options\] \[picture\] \[pattern\][\s\S]*--score <number>/,
    );
  });
});

describe('align', () => {
  it('finds how much later the second recording began', async () => {
    const { code, out, err } = await run('align');
    assert.deepEqual([code, err], [0, '']);
    assert.match(
      out,
      /\nlag 5200 samples, 0\.6500 s: recorder-2\.wav begins 0\.650 s after recorder-1\.wav\n/,
    );
    // over the norms, each recording around its own zero
    assert.match(out, /\ncoefficient 0\.66\d, elsewhere at most 0\.1\d\d\nwrote aligned\.png\n/);
    const { width, height, colours } = drawn('aligned.png');
    assert.deepEqual([width, height], [1200, 708]);
    assert.ok(['5aa2f2', 'ffc44d', '6fd3ae'].every((colour) => colours.has(colour)));
  });

  it('takes stereo, other lengths, and a second recording that began earlier', async () => {
    const sound = normal(3000, 6).map((value) => value / 8);
    writeFileSync(at('mono.wav'), wav(sound.subarray(700, 2100), 4000));
    const left = sound.subarray(500, 2900);
    writeFileSync(
      at('stereo.wav'),
      wav(
        Float32Array.from({ length: 4800 }, (_, i) => left[i >> 1] * (i % 2 ? 0.4 : 1)),
        4000,
        2,
      ),
    );
    const { out } = await run('align', 'mono.wav', 'stereo.wav', '--out', 'pair.png');
    assert.match(out, /mono\.wav: 1400 samples, 0\.350 s of 4000 Hz\nstereo\.wav: 2400 samples/);
    assert.match(out, /\nlag -200 samples, -0\.0500 s: stereo\.wav begins 0\.050 s before mono\.wav\n/);
    const same = await run('align', 'mono.wav', 'mono.wav', '--out', 'pair.png');
    assert.match(
      same.out,
      /\nlag 0 samples, 0\.0000 s: mono\.wav and mono\.wav begin together\ncoefficient 1\.000/,
    );
  });

  it('refuses bad files in one line', async () => {
    const sound = wav(
      normal(400, 1).map((value) => value / 8),
      8000,
    );
    writeFileSync(at('sound.wav'), sound);
    writeFileSync(
      at('fast.wav'),
      wav(
        normal(400, 1).map((value) => value / 8),
        16000,
      ),
    );
    writeFileSync(at('cut.wav'), sound.subarray(0, 500));
    writeFileSync(at('header.wav'), sound.subarray(0, 30));
    writeFileSync(at('none.wav'), wav([], 8000));
    writeFileSync(at('silent.wav'), wav(new Float32Array(300), 8000));
    writeFileSync(at('text.wav'), 'once upon a time there was a text');
    writeFileSync(at('picture.wav'), png(4, 4, spotted(1)));
    const strange = Buffer.from(sound);
    strange.writeUInt16LE(0x55, 20);
    writeFileSync(at('mp3.wav'), strange);
    await refuses('align', [
      [['missing.wav'], /^error: cannot read missing\.wav: there is no such file or folder\n$/],
      [['sound.wav', '.'], /^error: cannot read \.: it is a folder\n$/],
      [['text.wav'], /^error: text\.wav is not a WAV recording\n$/],
      [['picture.wav'], /^error: picture\.wav is not a WAV recording\n$/],
      [['mp3.wav'], /^error: mp3\.wav is not a WAV recording \(Unsupported WAV format: 0x55\)\n$/],
      [['cut.wav'], /^error: cut\.wav is truncated: its header says 844 bytes, but the file has 500\n$/],
      [['header.wav'], /^error: header\.wav is truncated: its header says 844 bytes, but the file has 30\n$/],
      [['none.wav'], /^error: none\.wav has no samples\n$/],
      [['sound.wav', 'silent.wav'], /^error: a recording is entirely silent, so there is no lag to find\n$/],
      [
        ['sound.wav', 'fast.wav'],
        /^error: sound\.wav has 8000 samples a second and fast\.wav has 16000: convert one/,
      ],
      [['--out', 'no/such.png'], /^error: cannot write no\/such\.png: there is no such file or folder\n$/],
      [['a.wav', 'b.wav', 'c.wav'], /^error: too many arguments/],
    ]);
    const help = await run('align', '--help');
    assert.match(help.out, /Usage: npm run align -- \[options\] \[one\] \[two\]/);
  });
});

describe('words', () => {
  it('finds the words in the other sentence', async () => {
    const { code, out, err } = await run('words');
    assert.deepEqual([code, err], [0, '']);
    assert.match(
      out,
      /“ill disposed”, in sentence-2\.wav of 5\.30 s:\n\n +4\.25 s +score 0\.892\nelsewhere at most 0\.620\n/,
    );
    assert.match(out, /\nwrote words\.png\n/);
    const { width, height, colours } = drawn('words.png');
    assert.deepEqual([width, height], [1200, 700]);
    assert.ok(colours.has('ffc44d') && colours.has('6fd3ae'));
  });

  it('finds any other piece, and says so where there is none', async () => {
    const own = ['examples/data/sentence-1.wav'].map(
      (name) => new URL(`../../../${name}`, import.meta.url).pathname,
    );
    const same = await run('words', own[0], own[0], '--from', '0.3', '--to', '0.8', '-o', 'same.png');
    assert.match(same.out, /^0\.30 s to 0\.80 s of sentence-1\.wav, in sentence-1\.wav/);
    assert.match(same.out, / 0\.30 s +score 1\.000\n/);
    const none = await run('words', '--score', '0.95', '-o', 'none.png');
    assert.match(none.out, /\nnowhere\nelsewhere at most 0\.892\n/);
  });

  it('refuses bad files and times in one line', async () => {
    writeFileSync(
      at('brief.wav'),
      wav(
        normal(100, 1).map((value) => value / 8),
        16000,
      ),
    );
    writeFileSync(
      at('short.wav'),
      wav(
        normal(4000, 1).map((value) => value / 8),
        16000,
      ),
    );
    writeFileSync(
      at('slow.wav'),
      wav(
        normal(4000, 1).map((value) => value / 8),
        8000,
      ),
    );
    const known = new URL('../../../examples/data/sentence-1.wav', import.meta.url).pathname;
    await refuses('words', [
      [['missing.wav'], /^error: cannot read missing\.wav: there is no such file or folder\n$/],
      [
        [known, 'slow.wav'],
        /^error: .*sentence-1\.wav has 16000 samples a second and slow\.wav has 8000: convert one/,
      ],
      [[known, 'brief.wav'], /error: a recording is shorter than 25 ms\n$/],
      [[known, 'short.wav'], /error: the selected words are longer than the recording to search\n$/],
      [['--from', '2.5', '--to', '9'], /error: from 2\.5 s to 9 s is no piece of a recording of 2\.97 s\n$/],
      [['--from', '2', '--to', '1'], /error: from 2 s to 1 s is no piece of a recording of 2\.97 s\n$/],
      [
        ['--from', '2', '--to', '2.01'],
        /error: from 2 s to 2\.01 s is too short: at least 0\.02 s are needed\n$/,
      ],
      [['--from', 'x'], /argument 'x' is invalid\. It must be a number of seconds of at least 0\./],
      [['--score', ''], /argument '' is invalid\. It must be a number from -1 to 1\./],
    ]);
  });
});
