// Shows that check.js notices: with every expected result changed by one, every comparison must fail.

import * as layers from 'convnd';
import * as match from 'convnd/match';
import * as ndimage from 'convnd/ndimage';
import * as signal from 'convnd/signal';
import { check } from './check.js';
import { fixtures } from './fixtures.js';

const cases = fixtures.cases.map((entry) => ({
  ...entry,
  output: { ...entry.output, data: entry.output.data.map((value) => value + 1) },
}));
/** Each result of numbers begins with one that is not there. */
const wrong = (numbers) => [0.5, ...numbers];
const convnd = {
  ...layers,
  usesRelaxedSimd: () => !layers.usesRelaxedSimd(),
  signal: {
    correlate: (...given) => ({ data: wrong(signal.correlate(...given).data) }),
    convolve: (...given) => ({ data: wrong(signal.convolve(...given).data) }),
    FirFilter: class {
      process = wrong;
    },
  },
  match: { findMatches: (...given) => [{ position: wrong(match.findMatches(...given)[0].position) }] },
  ndimage: { correlate: (...given) => ({ data: wrong(ndimage.correlate(...given).data) }) },
};
const refusal = { ...fixtures.refusal, message: 'another message' };
const { failed } = check(convnd, { cases, refusal });
const wanted = cases.length + 3 + 6; // resident tensors, the variant, the error and the signals too
console.log(
  JSON.stringify({
    passed: failed === wanted ? 1 : 0,
    failed: failed === wanted ? 0 : 1,
    details: [`${failed} of ${wanted} falsified cases were noticed`],
  }),
);
