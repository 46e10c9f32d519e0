// Loaded before every test file: random tests draw the same cases in every run, so that a change is what makes one fail.
// CONVND_SEED takes another number; CONVND_SEED=random draws one, which fast-check prints where a case fails.

import fc from 'fast-check';

const { CONVND_SEED } = process.env;
if (CONVND_SEED !== 'random') fc.configureGlobal({ seed: Number(CONVND_SEED ?? 20261128) });
