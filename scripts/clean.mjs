// Deletes dist/, so that no file of an older build is packed, and build/tests/, so that no test that was moved or deleted is run.
import { rmSync } from 'node:fs';

for (const folder of ['dist', 'build/tests']) rmSync(folder, { recursive: true, force: true });
