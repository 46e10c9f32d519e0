// The benchmark: it finishes, its results are right, the report has every layer, and it can be cancelled.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assertAccessible, lookAt, open, type Session, start, threadsOf } from './browser.js';

describe('the benchmark', () => {
  let session: Session;
  before(async () => {
    session = await start();
  });
  after(() => session.close());

  test('measures every class, all results right, and writes a report', async () => {
    const { page, problems } = await open(session, 'benchmark.html');
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.click('#start');
    await page.waitForSelector('#report:not(:empty)');
    const rows = await page
      .locator('#rows tr')
      .evaluateAll((all) =>
        all.map((row) => [...row.querySelectorAll('td')].map((cell) => cell.textContent ?? '')),
      );
    assert.ok(new Set(rows.map(([group]) => group)).size >= 15, 'classes');
    const report = (await page.textContent('#report')) ?? '';
    // a column more where there is more than one thread
    const threads = await threadsOf(page);
    for (const [, name, gflops, ...others] of rows) {
      if (threads > 1) assert.ok(Number(others.shift()) > 0.05, `${name} on ${threads} threads`);
      const [milliseconds, , error] = others;
      assert.ok(Number(gflops) > 0.05 && Number(milliseconds) > 0, `${name}: ${gflops} GFLOP/s`);
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
    await page.click('#copy button');
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), report);
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
