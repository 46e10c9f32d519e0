// Types for gifenc, which has none: the part of https://github.com/mattdesl/gifenc that is used

declare module 'gifenc' {
  type Colours = number[][];
  interface Encoder {
    writeFrame(
      index: Uint8Array,
      width: number,
      height: number,
      options: { palette: Colours; delay: number },
    ): void;
    finish(): void;
    bytes(): Uint8Array<ArrayBuffer>;
  }
  export function GIFEncoder(): Encoder;
  export function quantize(pixels: Uint8ClampedArray, colours: number): Colours;
  export function applyPalette(pixels: Uint8ClampedArray, palette: Colours): Uint8Array;
}
