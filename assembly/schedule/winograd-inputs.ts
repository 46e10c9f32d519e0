// The first step of winograd.ts: transforms the inputs of a batch of tiles to V[E][tile / 8][plane][kernel][channel][8].

import {
  EIGHT_POINTS,
  EIGHT_POINTS_HIGH,
  F3X3_2X2,
  F4_3,
  F4_3_HIGH,
  F4X4_3X3,
  HALF_TILE,
  LINE,
  TILE_ENTRY,
} from '../../src/shared/sizes';
import { WinogradTask, Workspace } from '../../src/shared/task';
import { input3x2 } from '../kernels/winograd3x2/input';
import { input4x3, inputRows4x3 } from '../kernels/winograd4x3/input';
import { input8 } from '../kernels/winograd8/input';
import { prefetchTiles } from '../window/prefetch';

/** Channels per call of input3x2: few, so that the cache lines that it writes are still cached for the other half of the panel. */
const CHANNELS_3X2: i32 = 4;

/** Bytes of a row of a panel: one term of eight tiles. */
const PANEL_ROW: i32 = 32;

/** Transforms the inputs for the outputs from depth `first` on. The first `kept` planes are already transformed. */
export function transformInputs(
  task: WinogradTask,
  workspace: Workspace,
  tiles: i32,
  first: i32,
  kept: i32,
  to: usize,
  element: usize,
): void {
  const transform = task.transform;
  const row = <usize>(task.windowRow * task.heightGap);
  const isHigh = transform == F4_3_HIGH || transform == EIGHT_POINTS_HIGH;
  const isEight = transform == EIGHT_POINTS || transform == EIGHT_POINTS_HIGH;
  const isLine = isHigh || isEight || transform == F4_3;
  // bytes between inputs along the axis
  const gap = isHigh ? row : (<usize>task.widthGap) << 2;
  const half = <usize>workspace.halfTransformed;
  const channels = task.channels;
  const channel = <usize>task.windowChannel;
  const taps = task.planes;
  const last = first + task.depthAtOnce + taps - 1;
  const kernels = task.kernels;
  const kernelBytes = task.kernelTaps << 2;
  const term = <usize>PANEL_ROW;
  const kernelTerms = (<usize>channels) << 5;
  // channels per call: some, all, or one, whose columns are transformed after its rows
  const together = transform == F3X3_2X2 ? CHANNELS_3X2 : isLine ? channels : 1;
  let table = <usize>workspace.tileTable;
  // Loop over the panels of eight tiles.
  for (const end = table + <usize>(tiles * TILE_ENTRY); table < end; table += 8 * TILE_ENTRY) {
    // what is beyond the last tiles is not read from the products
    const halves: usize = table + HALF_TILE * TILE_ENTRY < end ? 2 : 1;
    to += <usize>(kept * kernels) * kernelTerms;
    // Loop over the planes. Those after the planes of the first output are one depth gap apart.
    for (let plane = first + kept; plane < last; plane++) {
      if (plane < task.livePlanes || plane >= task.livePlanesEnd) {
        to += <usize>kernels * kernelTerms;
        continue;
      }
      const beyond = max(0, plane - taps + 1);
      // Loop over the kernels of the plane.
      for (let kernel = 0; kernel < kernels; kernel++, to += kernelTerms) {
        const tap = <usize>task.tapTable + <usize>(((plane - beyond) * kernels + kernel) * kernelBytes);
        let offset = <usize>load<u32>(tap) + <usize>(beyond * task.depthGap * task.windowDepth);
        let panel = to;
        // a short kernel does not read the last row or column, which may be outside of the window
        const lacksRow = kernel >= task.highEnd;
        const lacksColumn = isHigh ? lacksRow : kernel < task.wideBegin || kernel >= task.wideEnd;
        const last = gap * ((isEight ? 7 : 5) - +lacksColumn);
        const lastRow = row * (lacksRow ? 2 : 3);
        const rows = lacksRow ? 5 : 6;
        // prefetching does not pay for further kernels of a plane, which read mostly the same inputs, nor for dilated tiles: 0.98 for both
        if (transform == F4X4_3X3 && kernel == 0 && gap == 4)
          prefetchTiles(workspace, table, offset, channels, channel, rows, row, last);
        // Loop over the channels, and over the halves of the panel, four tiles each.
        for (let c = 0; c < channels; c += together) {
          const count = min(together, channels - c);
          for (let t: usize = 0; t < halves; t++) {
            const entry = table + t * 4 * TILE_ENTRY;
            const v = panel + (t << 4);
            if (transform == F3X3_2X2)
              input3x2(entry, offset, row, lastRow, channel, v, element, term, count);
            else if (isEight) input8(entry, offset, channel, gap, last, v, element, term, count);
            else if (isLine) inputRows4x3(entry, offset, channel, gap, last, v, element, term, count);
            else input4x3(entry, offset, row, gap, last, half, v, element, rows);
          }
          offset += <usize>together * channel;
          panel += <usize>together * term;
        }
      }
    }
  }
}

/** Moves the last `kept` planes of inputs, which the next outputs also read, to the front. */
export function keepPlanes(
  task: WinogradTask,
  padded: i32,
  planeTerms: i32,
  planes: i32,
  kept: i32,
  to: usize,
): void {
  const bytes = (<usize>(kept * planeTerms)) << 5;
  const skipped = (<usize>((planes - kept) * planeTerms)) << 5;
  // Loop over the elements, the panels of eight tiles, and the numbers.
  for (let e = 0; e < task.elements; e++, to += LINE) {
    for (let t = 0; t < padded; t += 8, to += skipped) {
      for (let end = to + bytes; to < end; to += 32) {
        v128.store(to, v128.load(to + skipped));
        v128.store(to, v128.load(to + skipped, 16), 16);
      }
    }
  }
}
