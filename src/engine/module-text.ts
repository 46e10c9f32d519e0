// The text encoding of a wasm module that is embedded in the library: scripts/ship-wasm.mjs encodes, carried.ts decodes.
//
// A frequent byte is one character, any other byte a prefix and a character. Because each byte is encoded separately, gzip compresses the
// text nearly as well as the bytes: 7.3 KB instead of 7.1 KB. Hexadecimal takes 8.0 KB, and base64, whose characters straddle
// bytes, 9.8 KB.

/** The first of the frequent bytes, which wrap around from 255 to 0 and end at 85. 253 is the prefix of vector instructions. */
const FIRST_BYTE = 253;
/** The number of characters: # to | without the backslash. None needs an escape inside double quotes. */
const LETTERS = 89;
const FIRST_LETTER = 35;
const BACKSLASH = 92;
const LAST_LETTER = 124;

/** Encodes bytes as printable ASCII that needs no escapes inside double quotes. */
export function encode(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) {
    const place = (byte - FIRST_BYTE) & 255;
    const prefix = Math.floor(place / LETTERS);
    const letter = FIRST_LETTER + (place % LETTERS);
    if (prefix > 0) text += String.fromCharCode(LAST_LETTER + prefix);
    text += String.fromCharCode(letter < BACKSLASH ? letter : letter + 1);
  }
  return text;
}

/** Decodes what `encode` returns. */
export function decode(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  let count = 0;
  let prefix = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > LAST_LETTER) prefix = code - LAST_LETTER;
    else {
      const letter = code < BACKSLASH ? code : code - 1;
      bytes[count++] = LETTERS * prefix + letter - FIRST_LETTER + FIRST_BYTE;
      prefix = 0;
    }
  }
  return bytes.slice(0, count);
}
