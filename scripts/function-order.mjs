// Puts functions that resemble each other side by side, where gzip finds what they repeat: 150 bytes less than in the order of
// calls, of 7.3 KB.
import { deflateRawSync } from 'node:zlib';
import binaryen from 'binaryen';

/** Rounds over all functions; a third saves 10 bytes more and takes another second. */
const ROUNDS = 3;

/**
 * A module with its functions in another order.
 * @param spell how the bytes are written where they are compressed
 */
export function orderFunctions(bytes, spell) {
  const texts = bodiesOf(bytes).map((body) => Buffer.from(spell(body)));
  const sizeOf = (order) => deflateRawSync(Buffer.concat(order.map((i) => texts[i])), { level: 9 }).length;
  let order = [...texts.keys()];
  for (let round = 0; round < ROUNDS; round++) {
    // each function in turn goes where it makes the whole smallest
    for (const moved of texts.keys()) {
      const others = order.filter((i) => i !== moved);
      const orders = [...texts.keys()].map((place) => others.toSpliced(place, 0, moved));
      const sizes = orders.map(sizeOf);
      order = orders[sizes.indexOf(Math.min(...sizes))];
    }
  }
  return sortedBy(bytes, order);
}

/** The functions of a module as they stand in its code section. */
function bodiesOf(bytes) {
  const CODE = 10;
  let at = 8;
  const number = () => {
    for (let value = 0, shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  while (bytes[at++] !== CODE) {
    const size = number();
    at += size;
  }
  number();
  return Array.from({ length: number() }, () => {
    const size = number();
    at += size;
    return bytes.subarray(at - size, at);
  });
}

/** Binaryen sorts functions by name: a name section calls each by its place. */
function sortedBy(bytes, order) {
  const number = (value) => (value < 128 ? [value] : [(value & 127) | 128, ...number(value >> 7)]);
  const sized = (content) => [...number(content.length), ...content];
  const text = (string) => sized([...Buffer.from(string)]);
  const FUNCTIONS = 1;
  const names = [...order.keys()].map((i) => [
    ...number(i),
    ...text(String.fromCharCode(64 + order.indexOf(i))),
  ]);
  const section = [...text('name'), FUNCTIONS, ...sized([...number(names.length), ...names.flat()])];
  const module = binaryen.readBinary(Buffer.concat([bytes, Buffer.from([0, ...sized(section)])]));
  module.setFeatures(binaryen.Features.All);
  module.runPasses(['reorder-functions-by-name']);
  binaryen.setDebugInfo(false);
  return module.emitBinary();
}
