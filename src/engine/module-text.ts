// How the module is spelt as a text inside the library: scripts/ship-wasm.mjs encodes, carried.ts decodes.
//
// A byte that is frequent in a module is one letter, any other a prefix and a letter. Each byte has one spelling, so a web server
// compresses the text nearly as well as the bytes: 7.3 KB against 7.1 KB, where hexadecimal takes 8.0 KB and base64, whose
// letters straddle bytes, 9.8 KB.

/** The first of the frequent bytes, the prefix of vector instructions; after 255 comes 0, and the last of them is 85. */
const FIRST_BYTE = 253;
/** How many letters there are: from # to |, without the backslash. A double quote comes before them, so nothing is escaped. */
const LETTERS = 89;
const FIRST_LETTER = 35;
const BACKSLASH = 92;
const LAST_LETTER = 124;

/** The text of bytes: printable ASCII that may stand between double quotes as it is. */
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

/** The bytes of a text. */
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
