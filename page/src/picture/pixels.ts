// Conversion between pixels, four bytes each, and planes of numbers from 0 to 255.

/** How numbers become brightness: clipped to 0 … 255; with zero as middle grey; or as absolute values. */
export type Look = 'clipped' | 'signed' | 'absolute';

/** Writes red, green and blue into three planes. */
export function toPlanes(pixels: Uint8ClampedArray, planes: Float32Array): void {
  const area = planes.length / 3;
  for (let i = 0; i < area; i++) {
    for (let c = 0; c < 3; c++) planes[c * area + i] = pixels[4 * i + c];
  }
}

/** The inverse; Uint8ClampedArray rounds and clips. */
export function toPixels(planes: Float32Array, pixels: Uint8ClampedArray, look: Look): void {
  const area = planes.length / 3;
  for (let i = 0; i < area; i++) {
    for (let c = 0; c < 3; c++) {
      const value = planes[c * area + i];
      pixels[4 * i + c] = look === 'signed' ? 128 + value / 2 : look === 'absolute' ? Math.abs(value) : value;
    }
    pixels[4 * i + 3] = 255;
  }
}
