// Pictures as RGBA pixels.

/** Red, green, blue and alpha of each pixel, row by row. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}

export function newPicture(width: number, height: number): Picture {
  return { width, height, data: new Uint8ClampedArray(4 * width * height) };
}

/** Whether red, green and blue are equal in every pixel. */
export function isGrey({ data }: Picture): boolean {
  for (let i = 0; i < data.length; i += 4)
    if (data[i] !== data[i + 1] || data[i] !== data[i + 2]) return false;
  return true;
}

export function isOpaque({ data }: Picture): boolean {
  for (let i = 3; i < data.length; i += 4) if (data[i] !== 255) return false;
  return true;
}
