// The levels below the first one of a row. All lanes of a position have the same operations, with different factors.

import { down2, down4, up2, up4 } from './butterfly';
import { FORWARD, factorBytes, INVERSE, NODE, nodeOf, POSITION, PRODUCT } from './plan';

/** Positions whose levels are computed one after another: 16 KB, at most half of the L1 cache. Larger parts are divided recursively. */
const AT_ONCE: i32 = 512;

/** Transforms `count` positions below one node of a tree, multiplies them, and transforms them back; or a part of that. */
export function walk<T>(
  at: usize,
  count: i32,
  tree: usize,
  depth: i32,
  index: usize,
  spectrum: usize,
  mode: i32,
): void {
  if (count <= AT_ONCE) {
    walkAtOnce<T>(at, count, tree, depth, index, spectrum, mode);
    return;
  }
  const node = nodeOf(tree, depth, index);
  const part = count >> 2;
  const bytes = <usize>part * POSITION;
  if (mode != INVERSE) levelDown<T>(at, 1, bytes, node);
  for (let c: usize = 0; c < 4; c++)
    walk<T>(at + c * bytes, part, tree, depth + 1, 4 * index + c, spectrum + c * factorBytes(bytes), mode);
  if (mode != FORWARD) levelUp<T>(at, 1, bytes, node);
}

function walkAtOnce<T>(
  at: usize,
  count: i32,
  tree: usize,
  depth: i32,
  index: usize,
  spectrum: usize,
  mode: i32,
): void {
  let nodes = 1;
  let part = count;
  for (; part > 4; part >>= 2) {
    if (mode != INVERSE) levelDown<T>(at, nodes, <usize>(part >> 2) * POSITION, nodeOf(tree, depth, index));
    nodes <<= 2;
    depth++;
    index <<= 2;
  }
  const node = nodeOf(tree, depth, index);
  const end = at + <usize>count * POSITION;
  if (mode == PRODUCT) {
    if (part == 4) halves<T>(at, end, node, true);
    productOf2<T>(at, end, spectrum);
    if (part == 4) halves<T>(at, end, node, false);
  } else if (part == 2) {
    lowest2<T>(at, end, node, mode == FORWARD);
  } else if (mode == FORWARD) {
    levelDown<T>(at, nodes, POSITION, node);
  } else {
    levelUp<T>(at, nodes, POSITION, node);
  }
  if (mode == FORWARD) return;
  for (part <<= 2; part <= count; part <<= 2) {
    nodes >>= 2;
    depth--;
    index >>= 2;
    levelUp<T>(at, nodes, <usize>(part >> 2) * POSITION, nodeOf(tree, depth, index));
  }
}

/** One level of `nodes` consecutive nodes, down. `apart` is the distance between a node's parts in bytes. */
function levelDown<T>(at: usize, nodes: i32, apart: usize, node: usize): void {
  do {
    const w1r = v128.load(node);
    const w1i = v128.load(node, 16);
    const w2r = v128.load(node, 32);
    const w2i = v128.load(node, 48);
    const w3r = v128.load(node, 64);
    const w3i = v128.load(node, 80);
    const end = at + apart;
    do {
      down4<T>(at, apart, 16, w1r, w1i, w2r, w2i, w3r, w3i);
      at += POSITION;
    } while (at < end);
    at += 3 * apart;
    node += NODE;
  } while (--nodes > 0);
}

/** The same, up. */
function levelUp<T>(at: usize, nodes: i32, apart: usize, node: usize): void {
  do {
    const w1r = v128.load(node);
    const w1i = v128.load(node, 16);
    const w2r = v128.load(node, 32);
    const w2i = v128.load(node, 48);
    const w3r = v128.load(node, 64);
    const w3i = v128.load(node, 80);
    const end = at + apart;
    do {
      up4<T>(at, apart, 16, w1r, w1i, w2r, w2i, w3r, w3i);
      at += POSITION;
    } while (at < end);
    at += 3 * apart;
    node += NODE;
  } while (--nodes > 0);
}

/** Parts of four positions to parts of two, or back. In one loop with the products, down and up took 1.09 times as long. */
function halves<T>(at: usize, end: usize, node: usize, down: bool): void {
  for (; at < end; at += 4 * POSITION) {
    const wr = v128.load(node, 32);
    const wi = v128.load(node, 48);
    if (down) {
      down2<T>(at, 2 * POSITION, 16, wr, wi);
      down2<T>(at + POSITION, 2 * POSITION, 16, wr, wi);
    } else {
      up2<T>(at, 2 * POSITION, 16, wr, wi);
      up2<T>(at + POSITION, 2 * POSITION, 16, wr, wi);
    }
    node += NODE;
  }
}

/** Products of parts of two positions with factors (factors.ts). All loads precede the stores: two loads after the first store took a tenth longer. */
function productOf2<T>(at: usize, end: usize, spectrum: usize): void {
  for (; at < end; at += 2 * POSITION) {
    const a0r = v128.load(at);
    const a0i = v128.load(at, 16);
    const a1r = v128.load(at, 32);
    const a1i = v128.load(at, 48);
    const hr = v128.load(spectrum);
    const hi = v128.load(spectrum, 16);
    const sumR = v128.add<T>(a0r, a1r);
    const sumI = v128.add<T>(a0i, a1i);
    const bothR = v128.sub<T>(v128.mul<T>(sumR, hr), v128.mul<T>(sumI, hi));
    const bothI = v128.add<T>(v128.mul<T>(sumR, hi), v128.mul<T>(sumI, hr));
    const fr = v128.load(spectrum, 64);
    const fi = v128.load(spectrum, 80);
    const gr = v128.load(spectrum, 32);
    const gi = v128.load(spectrum, 48);
    const c0r = v128.sub<T>(v128.mul<T>(a1r, fr), v128.mul<T>(a1i, fi));
    const c0i = v128.add<T>(v128.mul<T>(a1r, fi), v128.mul<T>(a1i, fr));
    const c1r = v128.sub<T>(v128.mul<T>(a0r, gr), v128.mul<T>(a0i, gi));
    const c1i = v128.add<T>(v128.mul<T>(a0r, gi), v128.mul<T>(a0i, gr));
    v128.store(at, v128.add<T>(bothR, c0r));
    v128.store(at, v128.add<T>(bothI, c0i), 16);
    v128.store(at, v128.add<T>(bothR, c1r), 32);
    v128.store(at, v128.add<T>(bothI, c1i), 48);
    spectrum += 3 * POSITION;
  }
}

/** The lowest level of nodes of two positions, down or up. */
function lowest2<T>(at: usize, end: usize, node: usize, down: bool): void {
  for (; at < end; at += 2 * POSITION) {
    if (down) down2<T>(at, POSITION, 16, v128.load(node, 32), v128.load(node, 48));
    else up2<T>(at, POSITION, 16, v128.load(node, 32), v128.load(node, 48));
    node += NODE;
  }
}
