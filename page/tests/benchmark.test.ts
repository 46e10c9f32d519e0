// The benchmark: it finishes, its results are right, the report has every layer, and it can be cancelled.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assertAccessible, copied, lookAt, open, type Session, start, threadsOf } from './browser.js';

const { parseProblem } = await import(new URL('../../dist/problem/line.js', import.meta.url).href);
const { flops } = await import(new URL('../../dist/problem/problem.js', import.meta.url).href);

describe('the benchmark', () => {
  let session: Session;
  before(async () => {
    session = await start();
  });
  after(() => session.close());

  test('measures every class, all results right, and writes a report', async () => {
    const { page, problems } = await open(session, 'benchmark.html');
    await page.click('#start');
    await page.waitForSelector('#report:not(:empty)');
    const rows = await page.locator('#rows tr').evaluateAll((all) =>
      all.map((row) => {
        const cells = [...row.querySelectorAll('td')];
        return { line: cells[1].title, texts: cells.map((cell) => cell.textContent ?? '') };
      }),
    );
    assert.ok(new Set(rows.map(({ texts: [group] }) => group)).size >= 15, 'classes');
    const report = (await page.textContent('#report')) ?? '';
    // a column more where there is more than one thread
    const threads = await threadsOf(page);
    for (const { line, texts } of rows) {
      const [, name, gflops, ...others] = texts;
      if (threads > 1) assert.match(others.shift() ?? '', /^\d+\.\d$/, `${name} on ${threads} threads`);
      const [milliseconds, , error] = others;
      // however fast: both say the same, but for what rounding takes away
      const [fastest, slowest] = [-6e-4, 6e-4].map(
        (off) => flops(parseProblem(line)) / (1e6 * (Number(milliseconds) + off)),
      );
      assert.ok(
        Number(gflops) >= slowest - 0.06 && Number(gflops) <= fastest + 0.06,
        `${name}: ${gflops} GFLOP/s in ${milliseconds} ms`,
      );
      assert.ok(Number(error) < 5e-6, `${name}: ${error}`);
      assert.ok(report.includes(`| ${name} | \`n`) || report.includes(`| ${name} | \`T n`), name);
    }
    assert.match((await page.textContent('#status')) ?? '', /^All \d+ results are correct/);
    assert.match(report, /\* WebAssembly SIMD: yes\n/);
    // Chromium has had relaxed SIMD since 114
    assert.match(report, /\* Relaxed SIMD: yes\n[^|]*\* Multiply-adds: fused, one instruction\n/);
    assert.ok(report.includes(`* Threads: ${threads > 1 ? `1, then ${threads}` : 1}\n`));
    assert.equal(report.includes(`| on ${threads} threads |`), threads > 1);
    assert.equal(await page.isVisible('#all-head'), threads > 1);
    assert.match(report, /\* Browser: .*Chrome/);
    assert.equal(await copied(page, '#copy button'), report);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await assertAccessible(page);
    }
    await lookAt(page, 'benchmark');
    assert.deepEqual(problems, []);
    await page.close();
  });

  test('can be cancelled and started again', async () => {
    const { page, problems } = await open(session, 'benchmark.html');
    await page.selectOption('#length', 'thorough');
    await page.click('#start');
    await page.waitForSelector('#rows tr');
    await page.click('#cancel');
    assert.match((await page.textContent('#status')) ?? '', /^Cancelled after \d+ of \d+ layers/);
    assert.ok(await page.isEnabled('#start'));
    await page.click('#start');
    await page.waitForSelector('#rows tr');
    await page.click('#cancel');
    assert.deepEqual(problems, []);
    await page.close();
  });
});
