// Depthwise planes: 3x3 kernels over planes that are read in place, with padding zeros that are not stored anywhere.

import { depthwisePlanes } from '../../assembly/schedule/depthwise-planes';
import { PlaneTask, Workspace } from '../../src/shared/task';
import { below, block, get, integers, put, reals, releaseAll, table } from './memory';
import { inParts } from './parts';
import { allocateTarget, fillWindow, IMAGES, Sum, sameBits, writeBias, wrongOutput } from './sums';

const GROUPS = 3;

/** Rows and columns of padding of a plane; `right` means that the last output reads a column of padding. */
class Zeros {
  constructor(
    public top: i32,
    public bottom: i32,
    public left: i32,
    public right: i32,
  ) {}
}

/** Gives a task operands. The reference sum reads padded copies of the planes. */
function prepare(task: PlaneTask, stride: i32, height: i32, width: i32, zeros: Zeros, whole: bool): Sum {
  task.groups = GROUPS;
  task.filters = 2;
  task.packedFilters = 2;
  task.terms = 9;
  task.depth = 1;
  task.height = height;
  task.width = width;
  task.stride = stride;
  task.mapParts = width < 4 ? 1 : 1 + below(height);
  // as many rows and columns as are read, without padding, or some more
  const readRows = stride * (height - 1) + 3;
  const readColumns = stride * (width - 1) + 3;
  const rows = max(1, readRows - zeros.top - zeros.bottom + (zeros.bottom == 0 ? below(3) : 0));
  const columns = readColumns - zeros.left - zeros.right + (zeros.right == 0 ? below(3) : 0);
  const row = columns + below(2);
  task.rows = rows;
  task.zeroRows = zeros.top;
  task.zeroLeft = zeros.left;
  task.zeroRight = zeros.right;
  task.windowRow = row << 2;
  const window = fillWindow(task, 1, row * rows, whole);
  task.weights = <i32>(whole ? integers(GROUPS * 2 * 9) : reals(GROUPS * 2 * 9));
  writeBias(task);

  const sum = new Sum();
  const plane = readRows * readColumns;
  sum.row = (stride * readColumns) << 2;
  sum.column = stride << 2;
  sum.group = plane << 2;
  sum.image = GROUPS * sum.group;
  sum.inputs = block(IMAGES * GROUPS * plane);
  for (let map = 0; map < IMAGES * GROUPS; map++) {
    const from = task.window + window.offset(map / GROUPS, map % GROUPS, 0);
    for (let i = 0; i < plane; i++) {
      const y = i / readColumns - zeros.top;
      const x = (i % readColumns) - zeros.left;
      const isZero = y < 0 || y >= rows || x < 0 || x >= columns;
      put(sum.inputs, map * plane + i, isZero ? 0 : get(from, y * row + x));
    }
  }
  const taps: i32[] = [];
  for (let tap = 0; tap < 9; tap++) taps.push(((tap / 3) * readColumns + (tap % 3)) << 2);
  sum.products = 9;
  sum.taps = table(taps);
  sum.weights = task.weights;
  allocateTarget(task, sum);
  return sum;
}

function workspaceFor(task: PlaneTask): Workspace {
  const workspace = new Workspace();
  workspace.zeroRow = <i32>block((task.windowRow + 64) >> 2);
  workspace.rowTable = <i32>block(task.zeroRows + task.rows + 1);
  if (task.width < 4) workspace.spareRows = <i32>block(16);
  return workspace;
}

function itemsOf(task: PlaneTask): i32 {
  return IMAGES * GROUPS * task.filters * task.mapParts;
}

/** Computes planes with two workspaces. Returns what is wrong, or an empty string. */
function run(stride: i32, height: i32, width: i32, zeros: Zeros): string {
  const task = new PlaneTask();
  const sum = prepare(task, stride, height, width, zeros, true);
  inParts<PlaneTask>(depthwisePlanes, task, [workspaceFor(task), workspaceFor(task)], itemsOf(task), 2);
  let wrong = wrongOutput(task, sum);
  if (!releaseAll()) wrong = 'a store beside a block';
  return wrong == ''
    ? ''
    : `stride ${stride}, ${height} x ${width} outputs of ${task.rows} rows of ${task.windowRow} bytes, ` +
        `zeros ${zeros.top} ${zeros.bottom} ${zeros.left} ${zeros.right}: ${wrong}`;
}

describe('depthwisePlanes', () => {
  it('computes planes of any size, with and without zeros around them', () => {
    for (let stride = 1; stride <= 2; stride++) {
      for (let height = 1; height <= 6; height++) {
        for (let width = 1; width <= 13; width++) {
          for (let zeros = 0; zeros < 16; zeros++) {
            const around = new Zeros(zeros & 1, (zeros >> 1) & 1, (zeros >> 2) & 1, zeros >> 3);
            expect(run(stride, height, width, around)).toBe('');
          }
        }
      }
    }
  });

  it('computes planes in bands of rows', () => {
    // a band is four rows of at least 6 KiB
    for (let stride = 1; stride <= 2; stride++) {
      for (let zeros = 0; zeros <= 1; zeros++) {
        expect(run(stride, 9, 1 + 1540 / stride, new Zeros(zeros, zeros, zeros, zeros))).toBe('');
      }
    }
  });

  it('gives the same bits however workspaces share the items', () => {
    for (let stride = 1; stride <= 2; stride++) {
      for (let width = 3; width <= 14; width += 11) {
        const task = new PlaneTask();
        const sum = prepare(task, stride, 9, width, new Zeros(1, 1, 1, 1), false);
        depthwisePlanes(task, workspaceFor(task), 0, itemsOf(task));
        const once = task.target;
        task.target = <i32>sum.target.empty();
        inParts<PlaneTask>(depthwisePlanes, task, [workspaceFor(task), workspaceFor(task)], itemsOf(task), 5);
        expect(sameBits(sum, once, task.target)).toBe(true);
        expect(releaseAll()).toBe(true);
      }
    }
  });

  it('lists the rows of planes of 2 GiB', () => {
    const task = new PlaneTask();
    task.groups = 1;
    task.filters = 1;
    task.mapParts = 1;
    task.stride = 1;
    task.width = 8;
    task.windowRow = 4096;
    task.rows = (1 << 19) + 1;
    const workspace = workspaceFor(task);
    depthwisePlanes(task, workspace, 0, 0);
    expect(load<u32>(workspace.rowTable + ((<usize>(1 << 19)) << 2))).toBe(0x80000000);
    expect(releaseAll()).toBe(true);
  });
});
