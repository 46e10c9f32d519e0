// Encodes and decodes UTF-8. An AudioWorklet has no TextEncoder and TextDecoder, so there encodeURIComponent and decodeURIComponent are
// used, which are equally strict.

declare const TextDecoder:
  | (new (
      label: string,
      options: { fatal: boolean; ignoreBOM: boolean },
    ) => { decode(bytes: Uint8Array): string })
  | undefined;

/**
 * Encodes a string in UTF-8.
 * @throws URIError if the string has a lone surrogate
 */
export function encodeUtf8(text: string): Uint8Array {
  return Uint8Array.from(unescape(encodeURIComponent(text)), (letter) => letter.charCodeAt(0));
}

/**
 * Decodes UTF-8.
 * @throws Error if the bytes are not UTF-8
 */
export function decodeUtf8(bytes: Uint8Array): string {
  if (typeof TextDecoder === 'undefined')
    return decodeURIComponent(Array.from(bytes, (byte) => `%${(byte + 256).toString(16).slice(1)}`).join(''));
  // a copy, because TextDecoder may reject shared memory
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(new Uint8Array(bytes));
}
