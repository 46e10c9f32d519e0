// SVG drawings in the examples' common colours, and their rendering to PNG.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { initWasm, Resvg } from '@resvg/resvg-wasm';

let ready: Promise<void> | undefined;

/** Renders a drawing to the bytes of a PNG file. */
export async function render(svg: string): Promise<Uint8Array> {
  const require = createRequire(import.meta.url);
  const bytes = (file: string) => readFileSync(require.resolve(file));
  const fontBuffers = [400, 600].map((weight) =>
    bytes(`@fontsource/inter/files/inter-latin-${weight}-normal.woff2`),
  );
  // for a single drawing, optimising the renderer does not pay: V8 would use 100 MB more, and a second on other threads
  setFlagsFromString('--liftoff-only');
  try {
    await (ready ??= initWasm(bytes('@resvg/resvg-wasm/index_bg.wasm')));
    return new Resvg(svg, { font: { fontBuffers, defaultFontFamily: 'Inter' } }).render().asPng();
  } finally {
    setFlagsFromString('--no-liftoff-only');
  }
}

/** A drawing on a dark background. */
export function document(width: number, height: number, parts: readonly string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="Inter" font-size="15" fill="#b9c0cd">
    <rect width="100%" height="100%" fill="#0f1218"/>${parts.join('')}</svg>`;
}

/** Text at a position; `style` may be any attributes. */
export function text(x: number, y: number, words: string, style = ''): string {
  const escaped = words.replace(/\p{Cc}/gu, ' ').replace(/[<>&]/g, (mark) => `&#${mark.charCodeAt(0)};`);
  return `<text x="${x}" y="${y}" ${style}>${escaped}</text>`;
}
