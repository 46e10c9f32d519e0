// Pictures from files.

/** @throws Error with a sentence for the user */
export async function readImage(file: Blob): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(file);
  } catch {
    throw new Error('The browser cannot read this file as a picture (PNG, JPEG, WebP …).');
  }
}
