// Pictures from files.

/** @throws Error with a sentence for the user */
export async function readImage(file: Blob): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(file);
  } catch {
    throw new Error('This file is no picture that the browser can read (PNG, JPEG, WebP …).');
  }
}
