import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { loadSafetensors } from 'convnd';
import { PNG } from 'pngjs';
import { all, at, run } from './runs.js';

/** A NIfTI-1 file, written by hand from the format's table: sizes, datatype, voxel size, matrix. */
function nifti(sizes: number[], type: 'u8' | 'i16' | 'f32', voxels: Buffer, big = false): Buffer {
  const header = Buffer.alloc(352);
  const short = (value: number, offset: number) =>
    big ? header.writeInt16BE(value, offset) : header.writeInt16LE(value, offset);
  const float = (value: number, offset: number) =>
    big ? header.writeFloatBE(value, offset) : header.writeFloatLE(value, offset);
  if (big) header.writeInt32BE(348, 0);
  else header.writeInt32LE(348, 0);
  for (const [i, size] of [sizes.length, ...sizes].entries()) short(size, 40 + 2 * i);
  const [code, bits] = { u8: [2, 8], i16: [4, 16], f32: [16, 32] }[type];
  short(code, 70);
  short(bits, 72);
  for (const [i, size] of [1, 2, 1.5, 0.5].entries()) float(size, 76 + 4 * i);
  float(352, 108);
  float(1, 112);
  header[123] = 2; // millimetres
  short(1, 254); // the matrix holds
  for (const [i, value] of [-2, 0, 0, 90, 0, 0, 0.5, -80, 0, -1.5, 0, 70].entries())
    float(value, 280 + 4 * i);
  header.write('n+1\0', 344, 'latin1');
  return Buffer.concat([header, voxels]);
}

const { input } = loadSafetensors(readFileSync('tests/fixtures/models/meshnet-gwm.crop48.safetensors'));
const bytes = Buffer.from(Array.from(input.data as Float32Array, (value) => Math.round(255 * value)));

test('brain: segments a small volume, draws it, and writes labels that it reads back', async () => {
  writeFileSync(at('head.nii.gz'), gzipSync(nifti([48, 48, 48], 'u8', bytes)));
  const first = await run('brain', at('head.nii.gz'), '--out', 'head.png', '--save-labels', 'labels.nii.gz');
  assert.deepEqual([first.code, first.err], [0, '']);
  assert.match(first.out, /48 × 48 × 48 voxels of 2 × 1\.5 × 0\.5 mm\nnote: .*1 × 1 × 1 mm/);
  assert.equal(first.out.match(/\d+\/10 {2}Conv3d .* ms +[\d.]+ GFLOP\/s/g)?.length, 10);
  assert.match(
    first.out,
    /\d s and [\d.]+ GB of memory at most for the network, [\d.]+ s and [\d.]+ GB with the picture/,
  );

  const png = PNG.sync.read(readFileSync(at('head.png')));
  assert.equal(png.width, 1200);
  assert.ok(png.height > 400);
  const colours = new Set<string>();
  for (let i = 0; i < png.data.length; i += 4) colours.add(png.data.toString('hex', i, i + 3));
  assert.ok(colours.has('4895ef') && colours.has('ffc44d'), 'the legend has the colours of both tissues');

  const labels = gunzipSync(readFileSync(at('labels.nii.gz')));
  assert.equal(labels.length, 352 + 48 ** 3);
  assert.equal(labels.readInt16LE(70), 2);
  assert.equal(labels.readFloatLE(280), -2); // the matrix is the volume's
  const voxels = labels.subarray(352);
  const share = (label: number) => voxels.filter((voxel) => voxel === label).length;
  const millilitres = (label: number) => ((share(label) * 2 * 1.5 * 0.5) / 1000).toFixed(1);
  assert.ok(share(1) > 1000 && share(2) > 1000);
  assert.match(first.out, new RegExp(`white matter ${millilitres(1)} ml, grey matter ${millilitres(2)} ml`));

  // The same voxels as big-endian 16-bit numbers, and labels as nothing but bytes.
  const shorts = Buffer.alloc(2 * bytes.length);
  for (const [i, value] of bytes.entries()) shorts.writeInt16BE(10 * value - 300, 2 * i);
  writeFileSync(at('big.nii'), nifti([48, 48, 48, 1], 'i16', shorts, true));
  writeFileSync(at('labels.raw'), voxels);
  const again = await Promise.all(
    ['labels.nii.gz', 'labels.raw'].map((file) =>
      run('brain', 'big.nii', '-o', `${file}.png`, '--labels', file),
    ),
  );
  for (const { code, out } of again) {
    assert.equal(code, 0);
    assert.match(out, /agreement with labels\..*: 100\.0000 % \(0 of 110592 voxels differ\)/);
  }
});

test('brain: help, and errors in one line', async () => {
  writeFileSync(at('text.nii'), 'once upon a time');
  writeFileSync(at('broken.nii.gz'), gzipSync(nifti([4, 4, 4], 'u8', Buffer.alloc(64))).subarray(0, 60));
  writeFileSync(at('short.nii'), nifti([4, 4, 4], 'f32', Buffer.alloc(255)));
  writeFileSync(at('film.nii'), nifti([4, 4, 4, 10], 'u8', Buffer.alloc(640)));
  writeFileSync(at('flat.nii'), nifti([4, 4], 'u8', Buffer.alloc(16)));
  writeFileSync(at('none.nii'), nifti([4, 0, 4], 'u8', Buffer.alloc(16)));
  writeFileSync(at('small.nii'), nifti([4, 4, 4], 'u8', Buffer.alloc(64)));
  writeFileSync(at('other.nii'), nifti([4, 4, 2], 'u8', Buffer.alloc(32)));
  const colour = nifti([4, 4, 4], 'u8', Buffer.alloc(192));
  colour.writeInt16LE(128, 70);
  writeFileSync(at('colour.nii'), colour);
  const damaged = nifti([4, 4, 4], 'u8', Buffer.alloc(64));
  damaged.writeInt32LE(1, 0);
  writeFileSync(at('damaged.nii'), damaged);

  const cases: [string[], RegExp][] = [
    [['missing.nii.gz'], /^error: cannot read missing\.nii\.gz: there is no such file or folder\n$/],
    [['.'], /^error: cannot read \.: it is a folder\n$/],
    [['text.nii'], /^error: text\.nii is not a NIfTI file \(\.nii or \.nii\.gz\)\n$/],
    [['broken.nii.gz'], /^error: broken\.nii\.gz cannot be unpacked: .*\n$/],
    [
      ['short.nii'],
      /^error: short\.nii is cut off: voxels of 256 bytes from byte 352 on, but 607 bytes in all\n$/,
    ],
    [['film.nii'], /^error: film\.nii must hold one volume in three dimensions, got 4 × 4 × 4 × 10\n$/],
    [['flat.nii'], /^error: flat\.nii must hold one volume in three dimensions, got 4 × 4\n$/],
    [['none.nii'], /^error: none\.nii must hold one volume in three dimensions, got 4 × 0 × 4\n$/],
    [['colour.nii'], /^error: colour\.nii has voxels of type .*, which is not read\n$/],
    [['damaged.nii'], /^error: damaged\.nii has a damaged NIfTI header: .*\n$/],
    [
      ['small.nii', '--labels', 'other.nii'],
      /^error: other\.nii has labels for \[2,4,4\] voxels, the volume has \[4,4,4\]\n$/,
    ],
    [
      ['small.nii', '--out', 'no/such/x.png'],
      /^error: cannot write no\/such\/x\.png: there is no such file or folder\n$/,
    ],
    [['small.nii', '--colour'], /^error: unknown option '--colour'\n\(--help lists/],
    [['small.nii', 'other.nii'], /^error: too many arguments/],
  ];
  const [help, ...results] = await all([['--help'], ...cases.map(([given]) => given)], (given) =>
    run('brain', ...given),
  );
  assert.equal(help.code, 0);
  assert.match(help.out, /Usage: npm start -- \[options\] \[volume\][\s\S]*--out <png>[\s\S]*--save-labels/);
  for (const [i, { code, out, err }] of results.entries()) {
    assert.match(err, cases[i][1]);
    assert.deepEqual([code, out], [1, ''], err);
  }
});

test('upscale: writes a picture of twice the size, in shades of grey if it was', async () => {
  const picture = new PNG({ width: 21, height: 13 });
  for (let i = 0; i < picture.data.length; i += 4) picture.data.fill((i * 37) % 256, i, i + 3);
  for (let i = 3; i < picture.data.length; i += 4) picture.data[i] = 255;
  writeFileSync(at('grey.png'), PNG.sync.write(picture, { colorType: 0 }));
  const { code, out } = await run('upscale', 'grey.png');
  assert.equal(code, 0);
  assert.match(out, /21 × 13 → 42 × 26 pixels: wrote grey-2x\.png\n.* megapixels a second, \d+ MB/);
  const doubled = readFileSync(at('grey-2x.png'));
  assert.equal(doubled[25], 0); // colour type of the header: grey
  const { width, height } = PNG.sync.read(doubled);
  assert.deepEqual([width, height], [42, 26]);
});

test('upscale: help, and errors in one line', async () => {
  writeFileSync(at('text.png'), 'once upon a time');
  const cases: [string[], RegExp][] = [
    [['missing.png'], /^error: cannot read missing\.png: there is no such file or folder\n$/],
    [['text.png'], /^error: text\.png is not a PNG picture\n$/],
    [['--tile', '0'], /^error: option '-t, --tile <pixels>' argument '0' is invalid\. It must be an integer/],
    [['--tile', 'x'], /argument 'x' is invalid/],
    [['text.png', '-o', 'no/x.png'], /^error: cannot write no\/x\.png/],
  ];
  const [help, ...results] = await all([['--help'], ...cases.map(([given]) => given)], (given) =>
    run('upscale', ...given),
  );
  assert.match(help.out, /Usage: npm run upscale -- \[options\] \[picture\]/);
  for (const [i, { code, err }] of results.entries()) {
    assert.match(err, cases[i][1]);
    assert.equal(code, 1);
  }
});
