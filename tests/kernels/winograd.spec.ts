// Winograd against the direct sum, within what its rounding allows, and its refusal of numbers that are not finite.

import { pack } from '../../assembly/pack';
import { winograd } from '../../assembly/winograd';
import { PlanRecord } from '../../src/shared/record';
import { below, block, get, integers, put, reals, releaseAll, table } from './memory';
import { divide, kernelsOf } from './tiles';

const IMAGES = 2;
const GROUPS = 2;

/** How tiles lie: 3 x 3 or 2 x 2 taps, or three taps in a row; some distance apart along depth, height and width. */
class Kind {
  constructor(
    public side: i32,
    public rows: i32,
    public depthGap: i32,
    public rowGap: i32,
    public gap: i32,
    public lacksColumn: bool = false,
  ) {}

  /** Taps along the width, and outputs along the axes of a tile. */
  get columns(): i32 {
    return this.side == 6 ? 3 : 2;
  }

  get outputs(): i32 {
    return this.side - this.columns + 1;
  }

  /** Outputs along the height of a tile. */
  get high(): i32 {
    return this.rows == 1 ? 1 : this.outputs;
  }
}

const threes = new Kind(6, 3, 1, 1, 1);
const twos = new Kind(4, 2, 1, 1, 1);
const line = new Kind(6, 1, 1, 1, 1);
const dilatedLine = new Kind(6, 1, 1, 1, 3);
const lacking = [new Kind(6, 3, 1, 1, 1, true), new Kind(4, 2, 1, 1, 1, true), new Kind(6, 1, 1, 1, 2, true)];
const dilated = [new Kind(6, 3, 2, 1, 3), new Kind(6, 3, 1, 3, 2), new Kind(6, 3, 3, 2, 1)];

/** Tiles that cover an axis. */
function along(size: i32, outputs: i32, gap: i32): i32 {
  return ((size + outputs * gap - 1) / (outputs * gap)) * gap;
}

/** A plan with operands: kernels of `outer` times the taps of a kind. */
function planOf(
  kind: Kind,
  filters: i32,
  fives: i32,
  channels: i32,
  outer: i32,
  depth: i32,
  height: i32,
  width: i32,
): PlanRecord {
  const inner = kind.rows * kind.columns;
  const plan = new PlanRecord();
  plan.groups = GROUPS;
  plan.channels = channels;
  plan.filters = filters;
  const rest = max(0, filters - 5 * fives);
  const rows =
    below(2) == 0 ? divide(plan, fives, (rest + 3) / 4, 0, 0) : divide(plan, fives, 0, (rest + 2) / 3, 0);
  plan.taps = inner * outer;
  plan.terms = channels * outer;
  plan.termsBlock = max(1, plan.terms);
  plan.panelTiles = 8;
  plan.tileOutputs = kind.outputs;
  plan.tileRows = kind.high;
  plan.tileElements = kind.rows == 1 ? kind.side : kind.side * kind.side;
  plan.tileGap = kind.gap;
  plan.tileRowGap = kind.rowGap;
  plan.tilePlanes = below(2) == 0 ? 1 : outer;
  plan.tileDepth = plan.tilePlanes < outer ? 1 : 1 + below(depth / kind.depthGap);
  plan.tileDepthGap = plan.tileDepth > 1 ? kind.depthGap : 1;
  plan.tileStretch = 1 + below(plan.tileDepth);
  plan.depth = depth;
  plan.height = height;
  plan.width = width;

  plan.stagedRow = (width + (kind.columns - 1) * kind.gap) << 2;
  plan.stagedDepth = plan.stagedRow * (height + (kind.rows - 1) * kind.rowGap);
  plan.stagedChannel = plan.stagedDepth * (depth + (outer - 1) * kind.depthGap) + 32;
  plan.staged = <i32>reals((IMAGES * GROUPS * channels * plan.stagedChannel) >> 2);
  const taps: i32[] = [];
  const elements: i32[] = [];
  for (let channel = 0; channel < channels; channel++) {
    for (let d = 0; d < outer; d++) {
      for (let i = 0; i < inner; i++) {
        const row = (i / kind.columns) * kind.rowGap;
        const column = (i % kind.columns) * kind.gap;
        taps.push(
          channel * plan.stagedChannel +
            d * kind.depthGap * plan.stagedDepth +
            row * plan.stagedRow +
            column * 4,
        );
      }
    }
  }
  // backwards, as a transposed convolution meets its kernel; without the last column where another kernel has it
  for (let i = 0; i < plan.taps; i++) {
    const isLeftOut = kind.lacksColumn && i % kind.columns == kind.columns - 1;
    elements.push(isLeftOut ? -1 : (plan.taps - 1 - i) * 4);
  }
  plan.tapTable = <i32>table(taps);
  plan.kernelTable = <i32>table(elements);

  plan.rawGroup = (filters * channels * plan.taps) << 2;
  plan.rowTable = <i32>table(kernelsOf(filters, (channels * plan.taps) << 2));
  plan.rawChannel = plan.taps << 2;
  plan.raw = <i32>reals((GROUPS * plan.rawGroup) >> 2);
  plan.weights = <i32>block(GROUPS * plan.tileElements * rows * plan.terms);
  plan.bias = <i32>integers(GROUPS * rows + 8);
  for (let i = 0; i < 8; i++) put(plan.bias, GROUPS * rows + i, 0);
  plan.targetFilter = (depth * height * width) << 2;
  plan.flag = <i32>table([0]);
  return plan;
}

/** Packs, and computes into a new target: in one call, or the last items first. */
function compute(plan: PlanRecord, parts: i32): usize {
  const tiles = plan.panelTiles;
  pack(plan, 0, GROUPS * plan.filterTiles);
  const inputs = (plan.terms / plan.tilePlanes) * (plan.tileStretch + plan.tilePlanes - 1);
  const outputs = plan.packedRows * plan.tileStretch;
  plan.panel = <i32>block(plan.tileElements * (tiles * (inputs + outputs) + 2 * 16));
  plan.edge = <i32>block(36 * 4 + 3 * tiles);
  plan.target = <i32>block((IMAGES * GROUPS * plan.filters * plan.targetFilter) >> 2);
  const columns = along(plan.depth, plan.tileDepth, plan.tileDepthGap);
  const items = IMAGES * GROUPS * columns * along(plan.height, plan.tileRows, plan.tileRowGap);
  for (let part = parts - 1; part >= 0; part--) {
    winograd(plan, (items * part) / parts, (items * (part + 1)) / parts);
  }
  return <usize>plan.target;
}

/** The largest error in shares of the sum of the absolute products. */
function largestError(plan: PlanRecord): f64 {
  let worst: f64 = 0;
  let at = 0;
  for (let map = 0; map < IMAGES * GROUPS; map++) {
    const group = map % GROUPS;
    for (let f = 0; f < plan.filters; f++) {
      for (let d = 0; d < plan.depth; d++) {
        for (let h = 0; h < plan.height; h++) {
          for (let w = 0; w < plan.width; w++, at++) {
            const from =
              plan.staged +
              map * plan.channels * plan.stagedChannel +
              d * plan.stagedDepth +
              h * plan.stagedRow +
              w * 4;
            const weight = plan.raw + group * plan.rawGroup + load<i32>(plan.rowTable + f * 4);
            let sum: f64 = get(plan.bias, group * plan.packedRows + f);
            let size = abs(sum);
            for (let channel = 0; channel < plan.channels; channel++) {
              for (let tap = 0; tap < plan.taps; tap++) {
                const x: f64 = get(from + load<i32>(plan.tapTable + (channel * plan.taps + tap) * 4), 0);
                const element = load<i32>(plan.kernelTable + tap * 4);
                const k: f64 = element == -1 ? 0 : get(weight + channel * plan.rawChannel + element, 0);
                sum += x * k;
                size += abs(x * k);
              }
            }
            // written so that a NaN counts
            const error = abs(get(plan.target, at) - sum) / size;
            if (!(error <= worst)) worst = error;
          }
        }
      }
    }
  }
  return worst;
}

function run(plan: PlanRecord, parts: i32): string {
  compute(plan, parts);
  const error = largestError(plan);
  let wrong = error <= 4e-6 ? '' : `an error of ${error}`;
  if (load<i32>(plan.flag) != 0) wrong = 'the flag is set';
  if (!releaseAll()) wrong = 'a store beside a block';
  if (wrong == '') return '';
  return (
    `${plan.tileElements} elements ${plan.tileRowGap} x ${plan.tileGap} apart, ${plan.tileDepth} deep, ${plan.tileStretch} at a time, ` +
    `${plan.tileDepthGap} apart, of ${plan.tilePlanes} planes, ${plan.filters} filters in ${plan.filterTiles} tiles of ${plan.packedRows} rows, ` +
    `${plan.terms} terms by ${plan.termsBlock}, ${plan.depth} x ${plan.height} x ${plan.width} pixels, ${plan.panelTiles} tiles: ${wrong}`
  );
}

/** Maps of every size from that of a tile on. */
function everySize(kind: Kind): void {
  const least = kind.outputs * kind.gap;
  const lowest = kind.high * kind.rowGap;
  for (let height = lowest; height <= lowest + (kind.rows == 1 ? 2 : 9); height++) {
    for (let width = least; width <= least + 9; width++) {
      const plan = planOf(kind, 5, 1, 2, 1, 1, height, width);
      plan.panelTiles = 8 * (1 + below(3));
      expect(run(plan, 1 + below(3))).toBe('');
    }
  }
}

/** Every depth around a few stretches, with one to three planes of taps. */
function everyDepth(kind: Kind): void {
  for (let depth = kind.depthGap; depth <= kind.depthGap + 12; depth++) {
    for (let outer = 1; outer <= 3; outer++) {
      const height = kind.high * kind.rowGap + below(3);
      const plan = planOf(kind, 6, 1, 2, outer, depth, height, kind.outputs * kind.gap + below(9));
      plan.termsBlock = 1 + below(plan.terms);
      expect(run(plan, 1 + below(3))).toBe('');
    }
  }
}

/** Every number of filters around a tile, and terms in blocks. */
function everyFilter(kind: Kind): void {
  for (let filters = 1; filters <= 11; filters++) {
    for (let fives = 0; fives <= (filters + 4) / 5; fives++) {
      const plan = planOf(kind, filters, fives, 3, 1 + below(3), kind.depthGap + below(3), 8, 26);
      plan.termsBlock = 1 + below(5);
      expect(run(plan, 1)).toBe('');
    }
  }
}

/** Every number of channels around those that are transformed together. */
function everyChannel(kind: Kind): void {
  for (let channels = 1; channels <= 9; channels++) {
    const plan = planOf(kind, 3, 0, channels, 1 + below(2), kind.depthGap, kind.high * kind.rowGap, 27);
    expect(run(plan, 1)).toBe('');
  }
}

function sameBits(kind: Kind): bool {
  const plan = planOf(kind, 9, 1, 2, 3, 7, 21, 27);
  plan.termsBlock = 2;
  const once = compute(plan, 1);
  const pieces = compute(plan, 5);
  const same = memory.compare(once, pieces, <usize>(IMAGES * GROUPS * plan.filters * plan.targetFilter)) == 0;
  return releaseAll() && same;
}

/** Every number of the window that an output reads is not finite in turn. */
function flags(kind: Kind): void {
  for (let i = 0; i < 40; i++) {
    const plan = planOf(kind, 4, 0, 2, 1, 1, 6, 13);
    const rows = plan.stagedDepth / plan.stagedRow;
    const columns = plan.stagedRow >> 2;
    const at =
      plan.staged + below(2) * plan.stagedChannel + below(rows) * plan.stagedRow + below(columns) * 4;
    store<f32>(at, i % 3 == 0 ? NaN : i % 3 == 1 ? Infinity : -Infinity);
    compute(plan, 1);
    expect(load<i32>(plan.flag)).toBe(1, `number ${i}`);
    expect(releaseAll()).toBe(true);
  }
}

describe('winograd', () => {
  it('computes maps of any size with 3x3 taps', () => everySize(threes));
  it('computes maps of any size with 2x2 taps', () => everySize(twos));
  it('computes rows of any length with three taps', () => everySize(line));
  it('computes rows of any length with three taps apart', () => everySize(dilatedLine));
  it('computes maps of any size with 3x3 taps apart', () => {
    for (let i = 0; i < dilated.length; i++) everySize(dilated[i]);
  });

  it('computes every depth', () => {
    everyDepth(threes);
    everyDepth(twos);
    everyDepth(line);
    for (let i = 0; i < dilated.length; i++) everyDepth(dilated[i]);
  });

  it('computes every number of filters with 3x3 taps', () => everyFilter(threes));
  it('computes every number of filters with 2x2 taps', () => everyFilter(twos));
  it('computes every number of filters with three taps', () => everyFilter(line));
  it('computes every number of filters with 3x3 taps apart', () => everyFilter(dilated[0]));

  it('takes zeros for taps that another kernel has', () => {
    for (let i = 0; i < lacking.length; i++) everyFilter(lacking[i]);
  });

  it('computes every number of channels', () => {
    everyChannel(threes);
    everyChannel(twos);
    everyChannel(line);
    everyChannel(dilated[0]);
  });

  it('gives the same bits however the items are split', () => {
    expect(sameBits(threes)).toBe(true);
    expect(sameBits(twos)).toBe(true);
    expect(sameBits(dilatedLine)).toBe(true);
    for (let i = 0; i < dilated.length; i++) expect(sameBits(dilated[i])).toBe(true);
  });

  it('sets the flag for a number that is not finite', () => {
    flags(threes);
    flags(twos);
    flags(line);
    flags(dilatedLine);
  });
});
