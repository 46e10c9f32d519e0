// Text as UTF-8 bytes and back. An AudioWorklet has no TextEncoder and no TextDecoder. There encodeURIComponent and decodeURIComponent
// serve, which spell the same bytes and are as strict.

declare const TextDecoder:
  | (new (
      label: string,
      options: { fatal: boolean; ignoreBOM: boolean },
    ) => { decode(bytes: Uint8Array): string })
  | undefined;

/**
 * The bytes of a text in UTF-8.
 * @throws URIError if the text has half of a surrogate pair
 */
export function encodeUtf8(text: string): Uint8Array {
  return Uint8Array.from(unescape(encodeURIComponent(text)), (letter) => letter.charCodeAt(0));
}

/**
 * The text of bytes in UTF-8.
 * @throws Error if the bytes are not UTF-8
 */
export function decodeUtf8(bytes: Uint8Array): string {
  if (typeof TextDecoder === 'undefined')
    return decodeURIComponent(Array.from(bytes, (byte) => `%${(byte + 256).toString(16).slice(1)}`).join(''));
  // copied first: a decoder may refuse memory that is shared between threads.
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(new Uint8Array(bytes));
}
