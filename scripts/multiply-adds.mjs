// Finds the products in a module that are the first operand of a sum, a b + c, which src/engine/relaxed-simd.ts fuses. In the binary,
// products and sums are in the order of a post-order traversal of the expression tree.
import binaryen from 'binaryen';

const KINDS = { 'f32x4.mul': 0xe6, 'f32x4.add': 0xe4 };

/**
 * A bitmap, lowest bit first, with a bit for each byte sequence that reads as f32x4.mul or f32x4.add: whether it belongs to such a pair.
 * @throws Error if a byte sequence that is not an instruction reads as one
 */
export function multiplyAdds(bytes) {
  const code = inOrder(bytes);
  const places = placesOf(bytes);
  if (String(code.map(({ kind }) => kind)) !== String(places))
    throw new Error(
      'bytes that are not an f32x4.mul or f32x4.add read as one: change a constant of the module',
    );
  const bits = new Uint8Array(Math.ceil(code.length / 8));
  for (const [i, { paired }] of code.entries()) if (paired) bits[i >> 3] |= 1 << (i & 7);
  return bits;
}

/** The products and sums in the order of the binary. */
function inOrder(bytes) {
  const module = binaryen.readBinary(bytes);
  module.setFeatures(binaryen.Features.All);
  const found = [];
  const open = []; // nodes whose operands are being read, innermost last
  let before; // the node of the previous line: a sum, if this line is its first operand
  for (const line of `${module.emitText()}\n.`.split('\n')) {
    const depth = line.search(/\S/);
    if (!/^\s*[(.]/.test(line)) continue;
    while (open.length > 0 && open.at(-1).depth >= depth) found.push(open.pop());
    const kind = KINDS[/^\s*\((\S+)/.exec(line)?.[1]];
    const node = { depth, kind, paired: false };
    if (kind === KINDS['f32x4.mul'] && before?.kind === KINDS['f32x4.add'])
      node.paired = before.paired = true;
    if (kind) open.push(node);
    before = node;
  }
  return found;
}

function placesOf(bytes) {
  const found = [];
  for (let i = 0; i + 2 < bytes.length; i++)
    if (bytes[i] === 0xfd && bytes[i + 2] === 1 && Object.values(KINDS).includes(bytes[i + 1]))
      found.push(bytes[i + 1]);
  return found;
}
