// Maps that lie in another order than torch's, channels outside of images for one: plain and resident, in one block and in several.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { adjoint } from '#src/geometry/axis.js';
import { assertSame } from '../helpers/compare.js';
import { compute, convolutionFrom, type Form, mapOrders, planBy } from '../helpers/convolutions.js';
import {
  checkForms,
  checkForward,
  checkRows,
  dilated,
  forms,
  givenFor,
  layerAxis,
  noCounts,
  places,
  plain,
  turned,
  whole,
} from '../helpers/forms.js';
import { outputsOf } from '../reference/equation.js';

describe('maps in an unusual order', () => {
  /** Channels outside of images, on both sides. */
  const outside = { input: ['map', 'group', 'image'], output: ['map', 'image', 'group'] } as const;

  it('are computed in one block', () => {
    const unusual = forms(layerAxis, true).filter(
      ({ input, output }) => `${input}` !== 'image,group,map' || `${output}` !== 'image,group,map',
    );
    checkForms(unusual, (c, seed, counts) => checkForward(c, seed, counts, places));
  });

  const large: Record<string, Omit<Form, 'batch' | 'groups'> & { images?: number; groups?: number }> = {
    'long rows': { channels: 2, filters: 1, axes: [plain(900_000, 3, 1)] },
    'rows of planes': { channels: 2, filters: 2, axes: [plain(900, 3, 1), plain(700, 2, 0)] },
    'planes a channel': { channels: 1, filters: 1, axes: [plain(1000, 3, 1), plain(900, 3, 1)] },
    'planes a channel, by steps of two': {
      channels: 1,
      filters: 2,
      axes: [plain(1100, 3, 1, 2), plain(1000, 3, 0, 2)],
    },
    'one large image at a time': { channels: 1, filters: 1, axes: [plain(1300, 3, 1), plain(1100, 3, 1)] },
    'volumes of dilated taps': {
      channels: 2,
      filters: 1,
      axes: [dilated(90, 3, 1, 3), plain(80, 2, 1), plain(90, 3, 1)],
    },
    'many images': {
      images: 40,
      groups: 3,
      channels: 3,
      filters: 2,
      axes: [plain(150, 3, 1), plain(161, 3, 1)],
    },
    'a true convolution': {
      channels: 2,
      filters: 1,
      axes: [turned(1500, 3, 'same'), turned(700, 2, 'full')],
    },
    'an upsampled axis': { channels: 1, filters: 1, axes: [adjoint(plain(1500, 4, 1, 2)), plain(700, 3, 1)] },
    'upsampled axes': {
      channels: 2,
      filters: 1,
      axes: [adjoint(plain(1100, 4, 1, 2)), adjoint(plain(900, 4, 1, 2))],
    },
  };
  for (const [name, { images = 2, groups = 2, ...form }] of Object.entries(large)) {
    it(`are computed in several blocks: ${name}`, () => {
      const counts = noCounts();
      const c = convolutionFrom({ batch: images, groups, ...form, ...outside });
      const given = givenFor(c, 7);
      const wanted = outputsOf(c, given.x, given.weight, given.bias);
      const plans = checkRows(c, given, wanted, counts, places.slice(0, 2));
      assert.ok(plans.length > 1, JSON.stringify(counts));
      for (const plan of plans) assert.ok(plan.blocks > 1, `${plan.choice.algorithm.name}: a single block`);
    });
  }

  it('are never copied a few at a time, as maps in torch order are', () => {
    const drawn = fc.record({
      batch: whole(2, 3),
      groups: whole(2, 4),
      channels: fc.constant(1),
      filters: whole(1, 2),
      axes: fc.tuple(
        whole(60, 90).chain((size) => whole(1, 3).map((stride) => plain(size, 3, 1, stride))),
        whole(120, 150).chain((size) => whole(1, 2).map((kernel) => plain(size, 2 * kernel + 1, 1))),
      ),
    });
    let copied = 0;
    fc.assert(
      fc.property(drawn, mapOrders, mapOrders, fc.nat(1000), (form, input, output, seed) => {
        const c = convolutionFrom({ ...form, input, output });
        const given = givenFor(c, seed);
        const dense = convolutionFrom(form);
        const isDense = [c.input, c.output].every(
          ({ image, group, map }, side) =>
            image === [dense.input, dense.output][side].image &&
            group === [dense.input, dense.output][side].group &&
            map === [dense.input, dense.output][side].map,
        );
        const plan = planBy(c, 'depthwise');
        if (!isDense) assert.equal(plan.mapsAtOnce, 0, c.line);
        if (plan.mapsAtOnce > 0) copied++;
        if (planBy(dense, 'depthwise').mapsAtOnce === 0) return;
        const wanted = outputsOf(c, given.x, given.weight, given.bias);
        for (const place of places) assertSame(compute(plan, given, place), wanted.output, c.line);
      }),
      { numRuns: 150 },
    );
    assert.ok(copied > 0, 'no maps were copied a few at a time');
  });
});
