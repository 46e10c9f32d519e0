// Tasks for the spec of winograd: the forms of tiles, and the operands for each of them.

import { packWinograd } from '../../assembly/weights/pack';
import {
  EIGHT_POINTS,
  EIGHT_POINTS_HIGH,
  elementBytes,
  F3X3_2X2,
  F4_3,
  F4_3_HIGH,
} from '../../src/shared/sizes';
import { PackWinogradTask, WinogradTask, Workspace } from '../../src/shared/task';
import { below, block, get, put, reals, table } from './memory';
import { takeAll } from './products';
import { allocateTarget, fillWindow, IMAGES, Sum, sumInPlace, writeBias } from './sums';
import { kernelsOf, tilesFor } from './tiles';

export const GROUPS = 2;

/**
 * Forms of tiles: 3 x 3 or 2 x 2 taps, three taps on one axis, or, with eight points, up to five; with gaps along depth, height and width.
 * Some kernels may be short: without a last row or a last column of taps.
 */
export class Kind {
  constructor(
    public transform: i32,
    public depthGap: i32,
    public heightGap: i32,
    public widthGap: i32,
    public hasShort: bool = false,
    public taps: i32 = 3,
  ) {}

  get isEight(): bool {
    return this.transform == EIGHT_POINTS || this.transform == EIGHT_POINTS_HIGH;
  }

  get isHigh(): bool {
    return this.transform == F4_3_HIGH || this.transform == EIGHT_POINTS_HIGH;
  }

  /** Outputs of a tile along an axis with a number of taps. */
  outputs(taps: i32): i32 {
    return taps == 1 ? 1 : this.isEight ? 9 - taps : taps + 1;
  }

  /** Taps along height and width. */
  get rows(): i32 {
    if (this.transform == F4_3 || this.transform == EIGHT_POINTS) return 1;
    return this.isHigh ? this.taps : this.columns;
  }

  get columns(): i32 {
    return this.transform == F3X3_2X2 ? 2 : this.isHigh ? 1 : this.taps;
  }

  /** Outputs of a tile along height and width. */
  get high(): i32 {
    return this.outputs(this.rows);
  }

  get wide(): i32 {
    return this.outputs(this.columns);
  }

  get elements(): i32 {
    return (this.rows + this.high - 1) * (this.columns + this.wide - 1);
  }
}

/** Tiles that cover an axis. */
function along(size: i32, outputs: i32, gap: i32): i32 {
  return ((size + outputs * gap - 1) / (outputs * gap)) * gap;
}

/** Channels, planes of taps, and outputs along each axis. */
export class Form {
  constructor(
    public channels: i32,
    public outer: i32,
    public depth: i32,
    public height: i32,
    public width: i32,
  ) {}
}

/** A task with operands, and the expected result. Its weights are not packed yet. */
export class Problem {
  task: WinogradTask = new WinogradTask();
  packing: PackWinogradTask = new PackWinogradTask();
  sum: Sum = new Sum();
  /** some of its kernels may have fewer taps than the transform */
  hasShort: bool = false;

  constructor(kind: Kind, form: Form, filters: i32, fives: i32) {
    const task = this.task;
    task.images = IMAGES;
    this.hasShort = kind.hasShort;
    task.groups = GROUPS;
    task.filters = filters;
    const tiles = tilesFor(filters, fives, 3 + below(2));
    task.packedFilters = tiles.packed;
    task.filterTiles = tiles.count;
    task.filterTable = tiles.table;
    task.terms = form.channels * form.outer;
    task.termsAtOnce = max(1, task.terms);
    task.depth = form.depth;
    task.height = form.height;
    task.width = form.width;
    task.transform = kind.transform;
    task.channels = form.channels;
    task.kernelTaps = kind.rows * kind.columns;
    task.planes = below(2) == 0 ? 1 : form.outer;
    task.kernels = form.outer / task.planes;
    task.elements = kind.elements;
    task.highEnd = kind.hasShort && kind.rows > 1 ? below(task.kernels + 1) : task.kernels;
    task.wideBegin = kind.hasShort && kind.columns > 1 ? below(task.highEnd + 1) : 0;
    task.wideEnd =
      task.highEnd +
      (kind.columns > 1 ? below(task.kernels - task.highEnd + 1) : task.kernels - task.highEnd);
    task.tileDepth = task.planes < form.outer ? 1 : 1 + below(form.depth / kind.depthGap);
    task.tileHeight = kind.high;
    task.tileWidth = kind.wide;
    task.depthGap = task.tileDepth > 1 ? kind.depthGap : 1;
    task.livePlanesEnd = task.tileDepth + task.planes - 1;
    task.heightGap = kind.heightGap;
    task.widthGap = kind.widthGap;
    task.depthAtOnce = 1 + below(task.tileDepth);
    task.tilesAtOnce = 8;
    task.filterTilesAtOnce = 1 + below(tiles.count);
    task.filterParts = 1 + below(min(3, tiles.count));

    const row = form.width + (kind.columns - 1) * kind.widthGap;
    const plane = row * (form.height + (kind.rows - 1) * kind.heightGap);
    task.windowRow = row << 2;
    task.windowDepth = plane << 2;
    fillWindow(task, form.channels, plane * (form.depth + (form.outer - 1) * kind.depthGap), false);
    const taps: i32[] = [];
    for (let channel = 0; channel < form.channels; channel++) {
      for (let d = 0; d < form.outer; d++) {
        for (let i = 0; i < task.kernelTaps; i++) {
          const h = (i / kind.columns) * kind.heightGap;
          const w = (i % kind.columns) * kind.widthGap;
          taps.push(channel * task.windowChannel + ((d * kind.depthGap * plane + h * row + w) << 2));
        }
      }
    }
    task.tapTable = <i32>table(taps);
    writeBias(task);

    task.marks = <i32>block(GROUPS * this.panels);
    memory.fill(task.marks, 0, (<usize>(GROUPS * this.panels)) << 2);
    this.preparePacking(kind, form);
    this.sum = sumInPlace(task);
    this.sum.products = taps.length;
    this.sum.weights = this.plainWeights();
    allocateTarget(task, this.sum);
  }

  private preparePacking(kind: Kind, form: Form): void {
    const task = this.task;
    const packing = this.packing;
    const taps = task.kernelTaps * form.outer;
    packing.filters = task.filters;
    packing.classFilters = task.filters;
    packing.channels = task.channels;
    packing.taps = taps;
    packing.terms = task.terms;
    packing.packedFilters = task.packedFilters;
    packing.filterTiles = task.filterTiles;
    packing.filterTable = task.filterTable;
    packing.transform = task.transform;
    packing.kernelTaps = task.kernelTaps;
    packing.elements = task.elements;
    // in reverse, as in a transposed convolution; without the last row or column if a kernel is short
    const elements: i32[] = [];
    for (let i = 0; i < taps; i++) {
      const kernel = (i / task.kernelTaps) % task.kernels;
      const tap = i % task.kernelTaps;
      const isShortHigh = kernel >= task.highEnd;
      const isShortWide = kernel < task.wideBegin || kernel >= task.wideEnd;
      const isLeftOut =
        (isShortHigh && tap / kind.columns == kind.rows - 1) ||
        (isShortWide && tap % kind.columns == kind.columns - 1);
      elements.push(isLeftOut ? -1 : (taps - 1 - i) * 4);
    }
    packing.elementTable = <i32>table(elements);
    const transposed = below(2) == 0;
    packing.rawGroup = (task.filters * task.channels * taps) << 2;
    packing.rawChannel = (transposed ? task.filters * taps : taps) << 2;
    packing.kernelTable = <i32>(
      table(kernelsOf(task.filters, (transposed ? taps : task.channels * taps) << 2))
    );
    packing.raw = <i32>reals((GROUPS * packing.rawGroup) >> 2);
    takeAll(packing);
  }

  /** The weights in the order of the taps, with zeros for missing taps. */
  private plainWeights(): usize {
    const packing = this.packing;
    const plain = block(GROUPS * packing.filters * packing.channels * packing.taps);
    let to = 0;
    for (let group = 0; group < GROUPS; group++) {
      for (let filter = 0; filter < packing.filters; filter++) {
        const kernel = packing.raw + group * packing.rawGroup + load<i32>(packing.kernelTable + filter * 4);
        for (let channel = 0; channel < packing.channels; channel++) {
          for (let tap = 0; tap < packing.taps; tap++, to++) {
            const element = load<i32>(packing.elementTable + tap * 4);
            put(plain, to, element == -1 ? 0 : get(kernel + channel * packing.rawChannel + element, 0));
          }
        }
      }
    }
    return plain;
  }

  /** Packs the weights in blocks of the task's `termsAtOnce`. */
  pack(): void {
    const packing = this.packing;
    packing.termsAtOnce = this.task.termsAtOnce;
    packing.weights = <i32>(
      block(GROUPS * packing.elements * (elementBytes(packing.packedFilters, packing.terms) >> 2))
    );
    this.task.weights = packing.weights;
    packWinograd(packing, new Workspace(), 0, GROUPS * packing.filterTiles);
  }

  newWorkspace(): Workspace {
    const task = this.task;
    const tiles = task.tilesAtOnce;
    const inputs = (task.terms / task.planes) * (task.depthAtOnce + task.planes - 1);
    const outputs = min(task.packedFilters, 5 * task.filterTilesAtOnce) * task.depthAtOnce;
    const workspace = new Workspace();
    workspace.transformed = <i32>block(task.elements * (tiles * (inputs + outputs) + 2 * 16));
    workspace.halfTransformed = <i32>block(36 * 4);
    workspace.tileTable = <i32>block(4 * tiles);
    return workspace;
  }

  /** Tiles along depth, height and width. */
  get deep(): i32 {
    return along(this.task.depth, this.task.tileDepth, this.task.depthGap);
  }

  get lines(): i32 {
    return along(this.task.height, this.task.tileHeight, this.task.heightGap);
  }

  get columns(): i32 {
    return along(this.task.width, this.task.tileWidth, this.task.widthGap);
  }

  /** Panels of a group. */
  get panels(): i32 {
    return (IMAGES * this.deep * this.lines * this.columns + 7) / 8;
  }

  get items(): i32 {
    return GROUPS * this.task.filterParts * this.panels;
  }

  /** Whether a panel of a group is marked as not finite. */
  isMarked(group: i32, panel: i32): bool {
    return load<i32>(this.task.marks + (group * this.panels + panel) * 4) != 0;
  }

  /** The number of marked panels. */
  get marked(): i32 {
    let count = 0;
    for (let group = 0; group < GROUPS; group++) {
      for (let panel = 0; panel < this.panels; panel++) count += +this.isMarked(group, panel);
    }
    return count;
  }

  toString(): string {
    const task = this.task;
    return (
      `transform ${task.transform}, outputs ${task.depthGap}, ${task.heightGap}, ${task.widthGap} apart, ` +
      `${task.tileDepth} deep, ${task.depthAtOnce} at once, of ${task.planes} planes, ${task.filters} filters in ` +
      `${task.filterTiles} tiles of ${task.packedFilters}, ${task.terms} terms by ${task.termsAtOnce}, ` +
      `${task.depth} x ${task.height} x ${task.width} pixels, ${task.tilesAtOnce} tiles at once, ` +
      `${task.filterTilesAtOnce} filter tiles at once, ${task.filterParts} parts`
    );
  }
}
