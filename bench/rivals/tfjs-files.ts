// The location of TensorFlow.js' wasm files in Node. Pages use browser/tfjs-files.ts instead.

import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

export const tfjsFiles = (): string =>
  `${dirname(fileURLToPath(import.meta.resolve('@tensorflow/tfjs-backend-wasm')))}/`;
