// The spectra that are kept for the kernels of earlier sums.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { memoryUsage } from 'convnd';
import { engine } from '#src/engine/start.js';
import { keptSpectrum } from '#src/sums/spectral/filter-spectrum.js';

describe('kept spectra', () => {
  it('are eight for a kernel, the newest', () => {
    const { plans } = engine();
    const kernel = new Float32Array(100);
    const isKept = (layout: string) => {
      engine().begin();
      const spectrum = keptSpectrum(engine(), kernel, layout, 64);
      spectrum?.keep();
      engine().end();
      return spectrum?.isMade;
    };
    assert.equal(isKept('0'), undefined, 'an array that comes for the first time');
    const { live } = memoryUsage();
    for (let i = 0; i < 9; i++) assert.equal(isKept(`${i}`), false);
    assert.equal(memoryUsage().live, live + 8 * 64);
    assert.equal(isKept('8'), true);
    assert.equal(isKept('1'), true);
    assert.equal(isKept('0'), false);
    while (plans.dropOldest(0));
    assert.equal(isKept('8'), false, 'memory was given back');
    kernel[99] = 1;
    assert.equal(isKept('8'), false, 'other numbers');
    assert.equal(isKept('8'), true);
  });
});
