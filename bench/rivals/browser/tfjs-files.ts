// The location of TensorFlow.js' wasm files for a page of browser/chromium.ts.

export const tfjsFiles = (): string => '/tfjs/';
