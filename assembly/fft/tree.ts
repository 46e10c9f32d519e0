// A tree: what is below the first level of a row. All lanes of a position do the same with factors of their own.

import { down2, down4, up2, up4 } from './butterfly';
import { FORWARD, INVERSE, NODE, nodeOf, POSITION, PRODUCT } from './plan';

/** Positions whose levels are made one after the other: 16 KB, half a first-level cache or less. Larger parts are divided first. */
const AT_ONCE: i32 = 512;

/** Takes `count` positions, below one node of a tree, down to values, multiplies them, and up again; or a part of that. */
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
    walk<T>(at + c * bytes, part, tree, depth + 1, 4 * index + c, spectrum + c * bytes, mode);
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
  if (part == 4) {
    if (mode == PRODUCT) lowest4Product<T>(at, end, node, spectrum);
    if (mode == FORWARD) levelDown<T>(at, nodes, POSITION, node);
    if (mode != FORWARD) lowest4Up<T>(at, end, node);
  } else if (part == 2) {
    if (mode == PRODUCT) lowest2Product<T>(at, end, node, spectrum);
    else lowest2<T>(at, end, node, mode == FORWARD);
  } else if (mode == PRODUCT) {
    multiply<T>(at, end, spectrum);
  }
  if (mode == FORWARD) return;
  for (part <<= 2; part <= count; part <<= 2) {
    nodes >>= 2;
    depth--;
    index >>= 2;
    levelUp<T>(at, nodes, <usize>(part >> 2) * POSITION, nodeOf(tree, depth, index));
  }
}

/** One level of `nodes` nodes side by side, down; `apart` are the bytes from a node's part to the next. */
function levelDown<T>(at: usize, nodes: i32, apart: usize, node: usize): void {
  for (; nodes > 0; nodes--) {
    const w1r = v128.load(node);
    const w1i = v128.load(node, 16);
    const w2r = v128.load(node, 32);
    const w2i = v128.load(node, 48);
    const w3r = v128.load(node, 64);
    const w3i = v128.load(node, 80);
    const end = at + apart;
    for (; at < end; at += POSITION) down4<T>(at, apart, 16, w1r, w1i, w2r, w2i, w3r, w3i);
    at += 3 * apart;
    node += NODE;
  }
}

/** The same, up. */
function levelUp<T>(at: usize, nodes: i32, apart: usize, node: usize): void {
  for (; nodes > 0; nodes--) {
    const w1r = v128.load(node);
    const w1i = v128.load(node, 16);
    const w2r = v128.load(node, 32);
    const w2i = v128.load(node, 48);
    const w3r = v128.load(node, 64);
    const w3i = v128.load(node, 80);
    const end = at + apart;
    for (; at < end; at += POSITION) up4<T>(at, apart, 16, w1r, w1i, w2r, w2i, w3r, w3i);
    at += 3 * apart;
    node += NODE;
  }
}

/** The lowest level, up: a node has four positions. */
function lowest4Up<T>(at: usize, end: usize, node: usize): void {
  for (; at < end; at += 4 * POSITION) {
    up4<T>(
      at,
      POSITION,
      16,
      v128.load(node),
      v128.load(node, 16),
      v128.load(node, 32),
      v128.load(node, 48),
      v128.load(node, 64),
      v128.load(node, 80),
    );
    node += NODE;
  }
}

/** The lowest level of nodes of four positions, down, and the product with a spectrum. */
function lowest4Product<T>(at: usize, end: usize, node: usize, spectrum: usize): void {
  for (; at < end; at += 4 * POSITION) {
    const a2r = v128.load(at, 64);
    const a2i = v128.load(at, 80);
    const w2r = v128.load(node, 32);
    const w2i = v128.load(node, 48);
    const b2r = v128.sub<T>(v128.mul<T>(a2r, w2r), v128.mul<T>(a2i, w2i));
    const b2i = v128.add<T>(v128.mul<T>(a2r, w2i), v128.mul<T>(a2i, w2r));
    const a0r = v128.load(at);
    const a0i = v128.load(at, 16);
    const t0r = v128.add<T>(a0r, b2r);
    const t0i = v128.add<T>(a0i, b2i);
    const t1r = v128.sub<T>(a0r, b2r);
    const t1i = v128.sub<T>(a0i, b2i);
    const a1r = v128.load(at, 32);
    const a1i = v128.load(at, 48);
    const w1r = v128.load(node);
    const w1i = v128.load(node, 16);
    const b1r = v128.sub<T>(v128.mul<T>(a1r, w1r), v128.mul<T>(a1i, w1i));
    const b1i = v128.add<T>(v128.mul<T>(a1r, w1i), v128.mul<T>(a1i, w1r));
    const a3r = v128.load(at, 96);
    const a3i = v128.load(at, 112);
    const w3r = v128.load(node, 64);
    const w3i = v128.load(node, 80);
    const b3r = v128.sub<T>(v128.mul<T>(a3r, w3r), v128.mul<T>(a3i, w3i));
    const b3i = v128.add<T>(v128.mul<T>(a3r, w3i), v128.mul<T>(a3i, w3r));
    const t2r = v128.add<T>(b1r, b3r);
    const t2i = v128.add<T>(b1i, b3i);
    const t3r = v128.sub<T>(b1r, b3r);
    const t3i = v128.sub<T>(b1i, b3i);
    storeProduct<T>(at, spectrum, v128.add<T>(t0r, t2r), v128.add<T>(t0i, t2i));
    storeProduct<T>(at + 32, spectrum + 32, v128.sub<T>(t1r, t3i), v128.add<T>(t1i, t3r));
    storeProduct<T>(at + 64, spectrum + 64, v128.sub<T>(t0r, t2r), v128.sub<T>(t0i, t2i));
    storeProduct<T>(at + 96, spectrum + 96, v128.add<T>(t1r, t3i), v128.sub<T>(t1i, t3r));
    node += NODE;
    spectrum += 4 * POSITION;
  }
}

/** The lowest level of nodes of two positions, down, the product with a spectrum, and up. */
function lowest2Product<T>(at: usize, end: usize, node: usize, spectrum: usize): void {
  for (; at < end; at += 2 * POSITION) {
    const wr = v128.load(node, 32);
    const wi = v128.load(node, 48);
    const a1r = v128.load(at, 32);
    const a1i = v128.load(at, 48);
    const br = v128.sub<T>(v128.mul<T>(a1r, wr), v128.mul<T>(a1i, wi));
    const bi = v128.add<T>(v128.mul<T>(a1r, wi), v128.mul<T>(a1i, wr));
    const a0r = v128.load(at);
    const a0i = v128.load(at, 16);
    const xr = v128.add<T>(a0r, br);
    const xi = v128.add<T>(a0i, bi);
    const yr = v128.sub<T>(a0r, br);
    const yi = v128.sub<T>(a0i, bi);
    const gr = v128.load(spectrum);
    const gi = v128.load(spectrum, 16);
    const v0r = v128.sub<T>(v128.mul<T>(xr, gr), v128.mul<T>(xi, gi));
    const v0i = v128.add<T>(v128.mul<T>(xr, gi), v128.mul<T>(xi, gr));
    const hr = v128.load(spectrum, 32);
    const hi = v128.load(spectrum, 48);
    const v1r = v128.sub<T>(v128.mul<T>(yr, hr), v128.mul<T>(yi, hi));
    const v1i = v128.add<T>(v128.mul<T>(yr, hi), v128.mul<T>(yi, hr));
    v128.store(at, v128.add<T>(v0r, v1r));
    v128.store(at, v128.add<T>(v0i, v1i), 16);
    const dr = v128.sub<T>(v0r, v1r);
    const di = v128.sub<T>(v0i, v1i);
    v128.store(at, v128.add<T>(v128.mul<T>(dr, wr), v128.mul<T>(di, wi)), 32);
    v128.store(at, v128.sub<T>(v128.mul<T>(di, wr), v128.mul<T>(dr, wi)), 48);
    node += NODE;
    spectrum += 2 * POSITION;
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

/** Multiplies values by a spectrum. */
function multiply<T>(at: usize, end: usize, spectrum: usize): void {
  for (; at < end; at += POSITION) {
    storeProduct<T>(at, spectrum, v128.load(at), v128.load(at, 16));
    spectrum += POSITION;
  }
}

// @ts-ignore: decorator
@inline
function storeProduct<T>(at: usize, spectrum: usize, re: v128, im: v128): void {
  const hr = v128.load(spectrum);
  const hi = v128.load(spectrum, 16);
  v128.store(at, v128.sub<T>(v128.mul<T>(re, hr), v128.mul<T>(im, hi)));
  v128.store(at, v128.add<T>(v128.mul<T>(re, hi), v128.mul<T>(im, hr)), 16);
}
