// Runs the packed library in every runtime and prints what ran where.
//
//   --all     what can't be run on this machine counts as failed
//   --write   puts the table into docs/runtimes.md
//   --only W  only the runtimes whose row has that text

import { parseArgs } from 'node:util';
import { closeBrowsers, Missing } from './browsers.mjs';
import { runs as bundlers } from './kinds/bundlers.mjs';
import { runs as consoles } from './kinds/consoles.mjs';
import { runs as next, stopNext } from './kinds/next.mjs';
import { runs as tarball } from './kinds/package.mjs';
import { runs as pages } from './kinds/pages.mjs';
import { runs as testers } from './kinds/testers.mjs';
import { runs as workerd } from './kinds/workerd.mjs';
import { makeProject } from './project.mjs';
import { startServer } from './server.mjs';
import { asText, writeTable } from './table.mjs';

const { values: options } = parseArgs({
  options: { all: { type: 'boolean' }, write: { type: 'boolean' }, only: { type: 'string', default: '' } },
});

const named = ({ runtime, entry, where }) => `${runtime}, ${entry}, ${where}`;
const table = [...consoles, ...workerd, ...bundlers, ...next, ...testers, ...pages, ...tarball].filter(
  (run) => named(run).includes(options.only),
);

/** The row of a run: what it found, or why it failed or could not be run. */
async function rowOf(run, context) {
  const { runtime, entry, where } = run;
  const row = { runtime, entry, where };
  try {
    if (typeof run.only === 'string') throw new Missing(run.only);
    row.version = await run.version();
    const { passed = 0, failed, multiplyAdds, worst, details = [], note } = await run.go(context);
    // a run that tested nothing has not passed
    const ok = failed === 0 && passed > 0;
    return { ...row, passed, failed, multiplyAdds, worst, note, details, result: ok ? 'ok' : 'FAILED' };
  } catch (error) {
    if (error instanceof Missing) return { ...row, result: 'not run', note: error.message };
    return { ...row, details: [error.message], result: 'FAILED' };
  }
}

/** Two at a time, and those that must have the machine to themselves at the end. */
async function runAll(context) {
  const rows = new Map();
  const work = async (queue) => {
    for (let run = queue.shift(); run; run = queue.shift()) {
      const begin = Date.now();
      rows.set(run, await rowOf(run, context));
      console.log(`${rows.get(run).result}  ${named(run)} (${((Date.now() - begin) / 1000).toFixed(1)} s)`);
    }
  };
  const together = table.filter(({ alone }) => !alone);
  await Promise.all([work(together), work(together)]);
  await work(table.filter(({ alone }) => alone));
  return table.map((run) => rows.get(run));
}

const packed = makeProject();
const server = await startServer();
let rows;
try {
  rows = await runAll({ ...server, packed });
} finally {
  await closeBrowsers();
  await stopNext();
  server.close();
}

console.log(`\n${asText(rows)}`);
for (const row of rows.filter(({ result }) => result === 'FAILED'))
  for (const detail of row.details) console.log(`\n${named(row)}: ${detail}`);
if (options.write) writeTable('docs/runtimes.md', rows);

const count = (result) => rows.filter((row) => row.result === result).length;
const [passed, failed, missing] = ['ok', 'FAILED', 'not run'].map(count);
console.log(`\n${passed} passed, ${failed} failed, ${missing} not run`);
process.exit(failed > 0 || passed === 0 || (options.all && missing > 0) ? 1 : 0);
