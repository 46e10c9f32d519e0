// What holds for all pages: they load small, without errors, under the content policy, in light and dark.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assertAccessible, open, type Session, start } from './browser.js';

const pages = ['index', 'picture', 'signals', 'upscale', 'brain', 'learn', 'benchmark'];

describe('every page', () => {
  let session: Session;
  before(async () => {
    session = await start();
  });
  after(() => session.close());

  for (const name of pages) {
    test(`${name}: navigation, light and dark, no errors, accessible`, async () => {
      const { page, problems } = await open(session, `${name}.html`, { colorScheme: 'dark' });
      assert.equal(await page.locator('nav a[aria-current]').count(), 1);
      const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      assert.equal(await ground(), 'rgb(20, 22, 28)');
      await assertAccessible(page);
      await page.click('#theme');
      assert.equal(await ground(), 'rgb(255, 255, 255)');
      await assertAccessible(page);
      await page.reload();
      assert.equal(await ground(), 'rgb(255, 255, 255)', 'the choice is kept');
      assert.deepEqual(problems, []);
      await page.close();
    });
  }

  test('works without a network after one visit', async () => {
    const { page, problems } = await open(session, 'index.html');
    // the worker keeps its files before it is active
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
    await page.context().setOffline(true);
    // Chromium 150 cut off like this still says that it is online, and the view Brain would ask for its MRI
    await page.addInitScript(() => Object.defineProperty(navigator, 'onLine', { get: () => false }));
    for (const name of pages) {
      await page.goto(`${session.address}${name}.html`);
      assert.ok((await page.textContent('h1'))?.length, name);
    }
    await page.goto(`${session.address}index.html#input=6`);
    await page.waitForSelector('#stage svg');
    assert.deepEqual(problems, []);
    await page.close();
  });
});
