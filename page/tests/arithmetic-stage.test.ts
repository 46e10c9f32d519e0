// Convolution arithmetic: how the view looks and fits, in light and dark and at all widths, and how much it loads.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assertAccessible, lookAt, open, type Session, start } from './browser.js';

describe('the stage of convolution arithmetic', () => {
  let session: Session;
  before(async () => {
    session = await start();
  });
  after(() => session.close());

  test('light, dark and three widths', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page, problems } = await open(session, 'index.html#channels=2&filters=2&step=12', {
        colorScheme,
      });
      await page.click('summary');
      await page.locator('#editor input').first().waitFor();
      await assertAccessible(page);
      await lookAt(page, `arithmetic-${colorScheme}`);
      await page.selectOption('#transposed', '1');
      await assertAccessible(page);
      await lookAt(page, `arithmetic-transposed-${colorScheme}`);
      assert.deepEqual(problems, []);
      await page.close();
    }
  });

  test('pictures fit the stage, with cells large enough to read', async () => {
    for (const [hash, width, least] of [
      ['', 1280, 45],
      ['', 390, 30],
      ['input=12', 1280, 26],
      ['channels=4&filters=4&groups=2&input=4', 1280, 30],
      ['rank=3&input=4&kernel=2', 1280, 27],
      ['rank=3&input=4&kernel=2', 390, 13],
    ] as const) {
      const viewport = { width, height: width < 600 ? 844 : 900 };
      const { page } = await open(session, `index.html#${hash}`, { viewport });
      const title = `${hash} at ${width}`;
      const stage = await page.locator('#stage').boundingBox();
      const picture = await page.locator('#stage svg').boundingBox();
      assert.ok(stage && picture && picture.width <= stage.width && picture.x >= stage.x, title);
      assert.ok(picture.height <= 0.56 * viewport.height, `${title}: ${picture.height} pixels high`);
      const cell = await page.locator('#stage svg g rect').first().boundingBox();
      assert.ok(cell && cell.width >= least, `${title}: cells of ${cell?.width} pixels`);
      await page.close();
    }
  });

  test('opened without any width, it draws once it has some', async () => {
    const { page, problems } = await open(session, 'index.html');
    const body = '<iframe width="0" height="600" src="index.html"></iframe>';
    await page.route('**/frame', (route) => route.fulfill({ contentType: 'text/html', body }));
    await page.goto(`${session.address}frame`);
    const frame = page.frameLocator('iframe');
    await frame.locator('#stage svg').waitFor({ state: 'attached' });
    await page.locator('iframe').evaluate((element) => element.setAttribute('width', '800'));
    await frame.locator('#stage svg[width]:not([width="0"])').waitFor();
    assert.deepEqual(problems, []);
    await page.close();
  });

  test('the first view is small', async () => {
    const { page } = await open(session, 'index.html');
    const bytes = await page.evaluate(() =>
      performance
        .getEntries()
        .filter((entry): entry is PerformanceResourceTiming => 'decodedBodySize' in entry)
        .reduce((sum, { decodedBodySize }) => sum + decodedBodySize, 0),
    );
    assert.ok(bytes > 50_000 && bytes < 200_000, `${bytes} bytes, not compressed`);
    await page.close();
  });
});
