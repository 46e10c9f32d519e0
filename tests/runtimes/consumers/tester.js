// Runs in a test of Jest or Vitest.

import { writeFileSync } from 'node:fs';
import { run } from '../convnd.js';

test('convnd', async () => {
  const found = await run();
  writeFileSync(process.env.RESULT, JSON.stringify(found));
  expect(found.failed).toBe(0);
}, 600_000);
