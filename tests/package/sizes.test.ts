// What an import takes in a bundle stays below its ceiling. `npm run size` prints the same table.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

interface Size {
  name: string;
  bytes: number;
  gzip: number;
  ceiling?: number;
}

const { measure } = (await import(new URL('../../../scripts/measure.mjs', import.meta.url).href)) as {
  measure: () => Promise<Size[]>;
};

const limited = (await measure()).filter(({ ceiling }) => ceiling !== undefined);

describe('after gzip', () => {
  it('Conv2d and the entries beside convnd have ceilings', () =>
    assert.deepEqual(
      limited.map(({ name }) => name),
      [
        'Conv2d alone',
        'maxPool2d alone',
        'everything of convnd/safetensors',
        'everything of convnd/signal',
        'everything of convnd/match',
        'everything of convnd/ndimage',
        'everything of convnd/train',
        'everything of convnd/threads',
      ],
    ));

  for (const { name, gzip, ceiling = 0 } of limited)
    it(`${name} takes at most ${ceiling} bytes`, () =>
      assert.ok(gzip > 0 && gzip <= ceiling, `${gzip} bytes, ${gzip - ceiling} too many`));
});
