// Counts what the library does while something runs, by V8's precise coverage.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { setFlagsFromString } from 'node:v8';

interface Counts {
  /** how often a function or class of a file was called */
  readonly calls: (file: string, name: string) => number;
  /** how often any function, branch or loop of the library was entered, turns of loops counted */
  readonly steps: number;
}

interface Script {
  url: string;
  functions: { functionName: string; ranges: { count: number }[] }[];
}

export function countsOf(run: () => void): Counts {
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  session.post('Profiler.takePreciseCoverage'); // from zero on, also where coverage is taken anyway
  // optimised code does not count
  setFlagsFromString('--no-opt');
  try {
    run();
  } finally {
    setFlagsFromString('--opt');
  }
  let scripts: Script[] = [];
  session.post('Profiler.takePreciseCoverage', (error, { result }) => {
    assert.equal(error, null);
    scripts = result.filter(({ url }) => url.includes('/dist/'));
  });
  session.disconnect();
  return {
    calls: (file, name) => {
      assert.match(readFileSync(`dist/${file}.js`, 'utf8'), new RegExp(`(function|class) ${name}\\b`));
      // a file of which nothing ran is not listed
      const script = scripts.find(({ url }) => url.endsWith(`/dist/${file}.js`));
      const found = script?.functions.filter(({ functionName }) => functionName === name) ?? [];
      return found.reduce((sum, { ranges }) => sum + ranges[0].count, 0);
    },
    steps: scripts
      .flatMap(({ functions }) => functions.flatMap(({ ranges }) => ranges))
      .reduce((sum, { count }) => sum + count, 0),
  };
}
