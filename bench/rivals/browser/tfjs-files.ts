// Where TensorFlow.js' modules lie for a page of browser/chromium.ts.

export const tfjsFiles = (): string => '/tfjs/';
