// convnd/match on real pictures and recordings: a coin among coins, beats like one beat, words in another sentence.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findMatches, matchTemplate, type Peak, peakLocalMax } from '#src/match.js';
import { readJson, readTensors } from '../helpers/fixtures.js';

interface Found {
  at: number[];
  score: number;
}

interface Row {
  id: string;
  expected: {
    [name: string]: unknown;
    peaks: { height: number; distance: number; at: number[]; scores: number[] };
    frame: number;
    score: number;
    'best elsewhere': { frame: number; score: number };
  };
}

const { cases } = readJson<{ cases: Row[] }>('recordings/cases.json');
const tensors = readTensors('recordings/cases.safetensors');
const expected = (id: string) => cases.find((row) => row.id === id)!.expected;
const tensor = (name: string) => tensors.get(name)!;

const near = (got: number, want: number, allowed: number) =>
  assert.ok(Math.abs(got - want) <= allowed, `${got} instead of ${want}`);

function checkMap(got: Float32Array, want: Float32Array): void {
  assert.equal(got.length, want.length);
  want.forEach((score, i) => {
    if (!(Math.abs(got[i] - score) <= 1e-6)) assert.fail(`${i}: ${got[i]} instead of ${score}`);
  });
}

describe('a coin in a photograph of coins', () => {
  const image = tensor('coins/image');

  it('has the expected map', () =>
    checkMap(matchTemplate(image, tensor('coins/other')).data, tensor('coins/scores').data));

  for (const [name, key] of [
    ['template', 'template'],
    ['other', 'other'],
    ['masked', 'masked without mask'],
  ])
    it(`${key}: the best places`, () => {
      const want = expected('coins')[key] as Found[];
      const map = matchTemplate(image, tensor(`coins/${name}`));
      // scikit-image leaves out what is as near to the border as two peaks may be
      const inside = ({ position }: Peak) =>
        position.every((at, axis) => at >= 15 && at < map.shape[axis] - 15);
      const peaks = peakLocalMax(map, { minDistance: 15, threshold: 0.3 }).filter(inside);
      want.forEach(({ at, score }, i) => {
        assert.deepEqual(peaks[i].position, at);
        near(peaks[i].score, score, 2e-6);
      });
      const [best] = findMatches(image, tensor(`coins/${name}`), { threshold: 0.5, maxMatches: 1 });
      assert.deepEqual(best, peaks[0]);
    });

  it('with a mask on another background', () => {
    const [want] = expected('coins')['masked with mask (OpenCV, float32)'] as Found[];
    const mask = tensor('coins/mask');
    const [{ position, score }] = findMatches(image, tensor('coins/masked'), { mask, maxMatches: 1 });
    assert.deepEqual(position, want.at);
    near(score, want.score, 1e-5);
  });
});

describe('beats like one beat in an electrocardiogram', () => {
  const [ecg, beat] = [tensor('heart/ecg'), tensor('heart/beat')];

  it('have the expected scores', () => checkMap(matchTemplate(ecg, beat).data, tensor('heart/scores').data));

  it('are found where they are', () => {
    const { height, distance, at, scores } = expected('heart').peaks;
    const found = findMatches(ecg, beat, { threshold: height, minDistance: distance - 1 });
    const inOrder = found.sort((a, b) => a.position[0] - b.position[0]);
    assert.deepEqual(
      inOrder.map(({ position: [place] }) => place),
      at,
    );
    inOrder.forEach(({ score }, i) => {
      near(score, scores[i], 1e-5);
    });
  });
});

describe('words in another sentence of the same reader', () => {
  it('are found where they are spoken', () => {
    const { frame, score, 'best elsewhere': elsewhere } = expected('phrase');
    const [unknown, template] = [tensor('phrase/unknown'), tensor('phrase/template')];
    // bands are rows of one picture: their loudness counts too
    const map = matchTemplate(unknown, template);
    assert.deepEqual(map.shape, [1, 469]);
    checkMap(map.data, tensor('phrase/scores').data);
    const [best, next] = findMatches(unknown, template, { threshold: 0.5, minDistance: [0, 30] });
    assert.deepEqual([best.position[1], next.position[1]], [frame, elsewhere.frame]);
    near(best.score, score, 1e-5);
    near(next.score, elsewhere.score, 1e-5);
  });
});
