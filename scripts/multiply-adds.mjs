// Finds the products of a module that are the first operand of a sum, a b + c: those that src/engine/relaxed-simd.ts makes one
// instruction. Products and sums stand in the bytes in the order in which they stand in the tree of the code, read operands first.
import binaryen from 'binaryen';

const KINDS = { 'f32x4.mul': 0xe6, 'f32x4.add': 0xe4 };

/**
 * A bit for each place of the bytes that reads as f32x4.mul or f32x4.add, in order, the lowest of a byte first: whether it belongs to
 * such a pair.
 * @throws Error if the bytes hold other places of that form than the code
 */
export function multiplyAdds(bytes) {
  const code = inOrder(bytes);
  const places = placesOf(bytes);
  if (String(code.map(({ kind }) => kind)) !== String(places))
    throw new Error('bytes that are no product and no sum look like one: change a constant of the module');
  const bits = new Uint8Array(Math.ceil(code.length / 8));
  for (const [i, { paired }] of code.entries()) if (paired) bits[i >> 3] |= 1 << (i & 7);
  return bits;
}

/** The products and sums in the order of their bytes. */
function inOrder(bytes) {
  const module = binaryen.readBinary(bytes);
  module.setFeatures(binaryen.Features.All);
  const found = [];
  const open = []; // those whose operands are being read, the innermost last
  let before; // the node of the line before: of a sum, if this line is its first operand
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
