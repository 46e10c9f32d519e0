// Three slices of a head as pixels, in the radiological convention: the patient's right on the left, the face up (axial) or
// to the left (sagittal), the top of the head up.

import type { Volume } from './nifti.js';
import { newPicture, type Picture } from './pixels.js';

export interface Slice {
  readonly name: 'axial' | 'coronal' | 'sagittal';
  readonly picture: Picture;
  /** The patient's sides at the left, right, top and bottom of the picture. */
  readonly sides: readonly [string, string, string, string];
  /** Width and height in millimetres. */
  readonly millimetres: readonly [number, number];
}

/** Red, green and blue by label; labels without a colour are not drawn. */
export type Colours = readonly (readonly [number, number, number] | undefined)[];

/** One axis of the patient, from its positive end: from the right, from the front, or from the top. */
export interface Axis {
  readonly size: number;
  readonly millimetres: number;
  /** The first voxel's index in the file's array, and the stride to the next voxel. */
  readonly start: number;
  readonly stride: number;
}

const margin = 20; // millimetres shown around the labelled voxels

/** The drawn data: intensities from 0 to `brightest`, and the labels drawn over them. */
export interface Scene {
  readonly data: ArrayLike<number>;
  readonly brightest: number;
  readonly labels: Uint8Array;
}

/**
 * Draws a slice.
 * @param depth offset added to the index of every voxel: the position along the third axis
 * @param opacity of the colours over the intensities, 0 to 1
 */
export function drawSlice(
  { data, brightest, labels }: Scene,
  columns: Axis,
  rows: Axis,
  depth: number,
  colours: Colours,
  opacity: number,
): Picture {
  const picture = newPicture(columns.size, rows.size);
  let at = 0;
  for (let row = 0; row < rows.size; row++) {
    for (let column = 0; column < columns.size; column++) {
      const voxel = depth + rows.start + row * rows.stride + columns.start + column * columns.stride;
      const grey = 255 * (data[voxel] / brightest) ** 0.8; // a little brighter: few voxels are near the maximum
      const colour = colours[labels[voxel]] ?? [grey, grey, grey];
      for (const part of colour) picture.data[at++] = (1 - opacity) * grey + opacity * part;
      picture.data[at++] = 255;
    }
  }
  return picture;
}

/**
 * Finds the slices through the centre of the labelled voxels.
 * @returns a function that draws them, with colours over the intensities of labelled voxels
 */
export function slices(volume: Volume, labels: Uint8Array): (colours: Colours) => Slice[] {
  const views = patientAxes(volume).map((axis) => around(axis, labels));
  const scene = { data: volume.data, brightest: 1, labels };

  return (colours) =>
    planes.map(({ name, columns, rows, depth }) => ({
      name,
      picture: drawSlice(scene, views[columns].shown, views[rows].shown, views[depth].middle, colours, 0.6),
      sides: sidesOf(columns, rows),
      millimetres: [extent(views[columns].shown), extent(views[rows].shown)],
    }));
}

/** The three views: the patient's axes along the columns, along the rows, and into the picture. */
export const planes = [
  { name: 'axial', columns: 0, rows: 1, depth: 2 },
  { name: 'coronal', columns: 0, rows: 2, depth: 1 },
  { name: 'sagittal', columns: 1, rows: 2, depth: 0 },
] as const;

/** The ends of the patient's axes, positive one first: right and left, anterior and posterior, superior and inferior. */
const sides = ['RL', 'AP', 'SI'];

/** The sides at the left, right, top and bottom of a picture. */
export function sidesOf(columns: number, rows: number): Slice['sides'] {
  return [...sides[columns], ...sides[rows]] as unknown as Slice['sides'];
}

/**
 * The file's axis that runs along each axis of the patient; in a tilted volume the nearest one.
 */
export function patientAxes({
  shape,
  spacing,
  affine,
}: Pick<Volume, 'shape' | 'spacing' | 'affine'>): Axis[] {
  const sizes = [...shape].reverse();
  const strides = [1, sizes[0], sizes[0] * sizes[1]];
  const free = new Set([0, 1, 2]);
  return affine.slice(0, 3).map((row) => {
    const along = [...free].reduce((a, b) => (Math.abs(row[b]) > Math.abs(row[a]) ? b : a));
    free.delete(along);
    const axis = { size: sizes[along], millimetres: spacing[along], start: 0, stride: strides[along] };
    return row[along] > 0 ? reversed(axis) : axis; // if indices increase towards the positive end, begin with the last voxel
  });
}

function reversed(axis: Axis): Axis {
  return { ...axis, start: axis.start + (axis.size - 1) * axis.stride, stride: -axis.stride };
}

/** The part of an axis with labelled voxels and a margin, and the index of their mean in the file's array. */
function around(axis: Axis, labels: Uint8Array): { shown: Axis; middle: number } {
  const { size, stride, start } = axis;
  const counts = new Array<number>(size).fill(0);
  const step = Math.abs(stride);
  for (let voxel = 0; voxel < labels.length; voxel++) {
    if (labels[voxel] !== 0) counts[Math.floor(voxel / step) % size]++;
  }
  if (stride < 0) counts.reverse();
  const total = counts.reduce((a, b) => a + b);
  if (total === 0) return { shown: axis, middle: start + Math.floor(size / 2) * stride };

  const spare = Math.round(margin / axis.millimetres);
  const first = Math.max(counts.findIndex(Boolean) - spare, 0);
  const last = Math.min(counts.findLastIndex(Boolean) + spare, size - 1);
  const mean = Math.round(counts.reduce((sum, count, i) => sum + count * i, 0) / total);
  return {
    shown: { ...axis, start: start + first * stride, size: last - first + 1 },
    middle: start + mean * stride,
  };
}

function extent(axis: Axis): number {
  return axis.size * axis.millimetres;
}
