import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { loadSafetensors, settings, type Tensor, tensor } from 'convnd';
import { argmax, MeshNet } from '../../examples/meshnet.js';
import type { Volume } from '../../examples/nifti.js';
import { encodePicture, readPicture } from '../../examples/picture.js';
import { isGrey, isOpaque, newPicture, type Picture } from '../../examples/pixels.js';
import { slices } from '../../examples/slices.js';
import { upscale } from '../../examples/tiles.js';
import { context, UpConv7 } from '../../examples/upconv7.js';

const load = (path: string) => loadSafetensors(readFileSync(path));
const tensorsOf = (path: string) => {
  const tensors = load(path);
  return (name: string): Tensor => tensor(tensors[name].data, tensors[name].shape);
};

function largestDifference(a: Float32Array, b: Float32Array): number {
  assert.equal(a.length, b.length);
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);
}

test('MeshNet gives the scores and labels that PyTorch gives', () => {
  const expected = tensorsOf('tests/fixtures/models/meshnet-gwm.crop48.safetensors');
  const layers: string[] = [];
  const network = new MeshNet(load('examples/data/meshnet-gwm.safetensors'));
  const scores = network.forward(expected('input'), (layer, output) =>
    layers.push(`${layer.dilation[0]} ${output.shape}`),
  );
  assert.deepEqual(scores.shape, [1, 3, 48, 48, 48]);
  assert.equal(layers.length, 10);
  assert.equal(layers[4], '16 1,5,48,48,48');
  // A layer's sums of absolute products reach 41, so one layer's rounding may reach 2^-24 · 41 · (4 + √135) = 3.8e-5 and
  // that of ten independent ones √10 times as much. PyTorch's own scores are 1.9e-5 from those of float64.
  assert.ok(largestDifference(scores.data, expected('logits').data) < 1.2e-4);

  const labels = argmax(scores);
  const torchLabels = argmax(expected('logits'));
  assert.ok(labels.filter((label, i) => label !== torchLabels[i]).length <= 2);
  assert.deepEqual([...new Set(labels)].sort(), [0, 1, 2]);
});

test('argmax takes the first of equal scores, as torch does', () => {
  const scores = tensor([1, 2, 3, 0, 1, 2, 2, 0, 1, 1, 3, 0], [1, 3, 1, 1, 4]);
  assert.deepEqual([...argmax(scores)], [0, 0, 0, 0]);
  assert.deepEqual([...argmax(tensor([0, 1, 0, 1, 1, 0], [1, 3, 1, 1, 2]))], [2, 0]);
});

const network = new UpConv7(load('examples/data/upconv7-2x.safetensors'));

test('UpConv7 gives the picture that PyTorch gives', () => {
  const expected = tensorsOf('tests/fixtures/models/upconv7-2x.expected.safetensors');
  const input = expected('input');
  const [, , height, width] = input.shape;
  const near = (index: number, size: number) => Math.min(Math.max(index - context, 0), size - 1);
  const shape = [1, 3, height + 2 * context, width + 2 * context];
  const padded = Float32Array.from({ length: 3 * shape[2] * shape[3] }, (_, i) => {
    const row = Math.floor(i / shape[3]);
    const plane = Math.floor(row / shape[2]);
    return input.data[(plane * height + near(row % shape[2], height)) * width + near(i % shape[3], width)];
  });
  const doubled = network.forward(tensor(padded, shape));
  assert.deepEqual(doubled.shape, [1, 3, 2 * height, 2 * width]);
  assert.ok(largestDifference(doubled.data, expected('output').data) < 1e-5);
});

/** A part of the photograph that the examples come with. */
function photograph(width: number, height: number): Picture {
  const whole = readPicture('examples/data/chelsea.png');
  const part = newPicture(width, height);
  for (let row = 0; row < height; row++) {
    const from = 4 * ((row + 80) * whole.width + 160);
    part.data.set(whole.data.subarray(from, from + 4 * width), 4 * row * width);
  }
  return part;
}

test('a picture doubled in tiles has the pixels of the picture doubled at once', (t) => {
  t.after(() => (settings.winograd = 'auto'));
  settings.winograd = 'never';
  const picture = photograph(75, 52);
  const whole = upscale(network, picture, 1000);
  assert.deepEqual([whole.width, whole.height], [150, 104]);
  const done: number[] = [];
  assert.deepEqual(
    upscale(network, picture, 32, (pixels) => done.push(pixels)),
    whole,
  );
  assert.equal(done.length, 6);
  assert.equal(done.at(-1), 75 * 52);
  assert.deepEqual(upscale(network, picture, 16), whole);

  settings.winograd = 'auto';
  const fast = upscale(network, picture, 32).data;
  const others = fast.filter((value, i) => value !== whole.data[i]).length;
  assert.ok(others / fast.length < 1e-3 && fast.every((value, i) => Math.abs(value - whole.data[i]) <= 1));
});

test('the doubled picture shows what the picture shows', () => {
  const picture = photograph(40, 40);
  const doubled = upscale(network, picture, 64);
  let difference = 0;
  for (let row = 0; row < 40; row++) {
    for (let column = 0; column < 40; column++) {
      for (let c = 0; c < 3; c++) {
        const four = [0, 1].flatMap((r) =>
          [0, 1].map((k) => doubled.data[4 * ((2 * row + r) * 80 + 2 * column + k) + c]),
        );
        difference += Math.abs(four.reduce((a, b) => a + b) / 4 - picture.data[4 * (row * 40 + column) + c]);
      }
    }
  }
  assert.ok(difference / (40 * 40 * 3) < 4, `${difference / 4800} of 255 on average`);
});

test('grey stays grey, opacity is doubled, and both survive the file', () => {
  const picture = photograph(24, 20);
  for (let i = 0; i < picture.data.length; i += 4) {
    picture.data.fill(picture.data[i + 1], i, i + 3);
    picture.data[i + 3] = i < picture.data.length / 2 ? 0 : 255;
  }
  const doubled = upscale(network, picture, 64);
  assert.ok(isGrey(doubled) && !isOpaque(doubled));
  assert.ok(doubled.data[4 * (4 * 48 + 20) + 3] < 8 && doubled.data[4 * (36 * 48 + 20) + 3] > 247);
  const file = encodePicture(doubled);
  assert.equal(file[25], 4); // colour type of the header: grey with opacity
});

test('a slice lies the radiological way, however the file lies', () => {
  const [width, height, depth] = [5, 6, 7];
  const labels = new Uint8Array(width * height * depth).fill(1);
  // Where x grows to the right, y to the front and z upwards; and where they grow to the left, down and to the front.
  for (const [affine, corner] of [
    [
      [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ],
      [width - 1, height - 1, depth - 1],
    ],
    [
      [
        [-1, 0, 0],
        [0, 0, 1],
        [0, -1, 0],
      ],
      [0, 0, depth - 1],
    ],
    [
      [
        [0, 0.2, -2],
        [2, 0.1, 0],
        [0, 2, 0.3],
      ],
      [width - 1, height - 1, 0],
    ],
  ] as const) {
    const data = new Float32Array(labels.length);
    const [x, y, z] = corner;
    // A bright line from the corner of right, front and crown, through the middle of each axis in turn.
    for (let i = 0; i < width; i++) data[(z * height + y) * width + i] = 1;
    for (let i = 0; i < height; i++) data[(z * height + i) * width + x] = 1;
    for (let i = 0; i < depth; i++) data[(i * height + y) * width + x] = 1;
    const volume = { data, shape: [depth, height, width], spacing: [1, 1, 1], affine } as unknown as Volume;
    const all = slices(volume, labels)([]);
    assert.deepEqual(
      all.map(({ name, sides }) => [name, sides.join('')]),
      [
        ['axial', 'RLAP'],
        ['coronal', 'RLSI'],
        ['sagittal', 'APSI'],
      ],
    );
    for (const { picture } of all) {
      const bright = Array.from(
        picture.data.filter((_, i) => i % 4 === 0),
        (v, i) => (v > 0 ? i : -1),
      ).filter((i) => i >= 0);
      assert.deepEqual(bright, [0], 'one bright pixel, at the upper left');
    }
  }
});
