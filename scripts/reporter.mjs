// A node:test reporter: one line per file with the seconds that it took, all failures in full, and totals.
import { relative } from 'node:path';

export default async function* report(source) {
  const files = new Map();
  const failures = [];
  for await (const { type, data } of source) {
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    if (data.name === data.file) continue;
    const file = files.get(data.file) ?? { passed: 0, failed: 0, milliseconds: 0 };
    files.set(data.file, file);
    if (data.nesting === 0) file.milliseconds += data.details.duration_ms;
    // suites are counted by their tests
    if (data.details.type === 'suite') continue;
    if (type === 'test:pass') file.passed++;
    else {
      file.failed++;
      failures.push(data);
    }
  }
  for (const [name, { passed, failed, milliseconds }] of [...files].sort(([a], [b]) => a.localeCompare(b))) {
    const seconds = `${(milliseconds / 1000).toFixed(1)} s`.padStart(7);
    const counts = `${passed} passed${failed > 0 ? `, ${failed} failed` : ''}`;
    yield `${failed > 0 ? 'FAILED' : 'ok    '} ${nameOf(name).padEnd(36)} ${seconds}  ${counts}\n`;
  }
  for (const { name, file, details } of failures) {
    const error = details.error?.cause ?? details.error;
    yield `\n${nameOf(file)}: ${name}\n${error?.stack ?? error}\n`;
  }
  const sum = [...files.values()].reduce((all, file) => [all[0] + file.passed, all[1] + file.failed], [0, 0]);
  yield `\n${sum[0]} passed, ${sum[1]} failed\n`;
}

/** A test file by its folder and name, as scripts/test.mjs takes it. */
function nameOf(file) {
  return relative('build/tests', file).replace('.test.js', '');
}
