// Shows that check.js notices: with every expected result changed by one, every comparison must fail.

import * as convnd from 'convnd';
import { check } from './check.js';
import { fixtures } from './fixtures.js';

const cases = fixtures.cases.map((entry) => ({
  ...entry,
  output: { ...entry.output, data: entry.output.data.map((value) => value + 1) },
}));
const refusal = { ...fixtures.refusal, message: 'another message' };
const { failed } = check(convnd, { cases, refusal });
const wanted = cases.length + 2; // resident tensors and the error too
console.log(
  JSON.stringify({
    passed: failed === wanted ? 1 : 0,
    failed: failed === wanted ? 0 : 1,
    details: [`${failed} of ${wanted} falsified cases were noticed`],
  }),
);
