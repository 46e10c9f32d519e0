// Where TensorFlow.js' modules lie in Node. browser/tfjs-files.ts stands in the place of this file in pages.

import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

export const tfjsFiles = (): string =>
  `${dirname(fileURLToPath(import.meta.resolve('@tensorflow/tfjs-backend-wasm')))}/`;
