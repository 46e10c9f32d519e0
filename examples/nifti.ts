// NIfTI volumes, https://nifti.nimh.nih.gov, in memory: reads a volume as numbers from 0 to 1, and writes labels.

import * as nifti from 'nifti-reader-js';

type Header = ReturnType<typeof nifti.readHeader>;

/** A volume in the order of its file: x fastest, then y, then z. */
export interface Volume {
  /** Intensities, scaled so that the minimum is 0 and the maximum 1. */
  readonly data: Float32Array;
  /** Voxels along [z, y, x]. */
  readonly shape: [number, number, number];
  /** Millimetres between voxels along [x, y, z]. */
  readonly spacing: [number, number, number];
  /** Whether the header has the orientation of the voxels. */
  readonly oriented: boolean;
  /** Maps voxels [x, y, z, 1] to millimetres towards the right, the front and the top of the head. */
  readonly affine: number[][];
  readonly header: Header;
}

// By the header's datatype code. Complex and colour types, and floats of 80 and 128 bits, are not supported.
const arrays = {
  2: Uint8Array,
  4: Int16Array,
  8: Int32Array,
  16: Float32Array,
  64: Float64Array,
  256: Int8Array,
  512: Uint16Array,
  768: Uint32Array,
  1024: BigInt64Array,
  1280: BigUint64Array,
};

/** Whether a file is compressed, whatever its name. */
export function isGzipped(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * Reads a volume from an uncompressed file.
 * @param name the file's name, for errors
 * @throws Error, one line that names the file, if it is not NIfTI or not one 3-D volume
 */
export function volumeOf(name: string, file: ArrayBuffer): Volume {
  const { voxels, shape, header } = read(name, file);
  const spacing = header.pixDims
    .slice(1, 4)
    .map((size) => Math.abs(size || 1) * millimetres(header.xyzt_units));
  return {
    data: scaled(voxels, header.scl_slope < 0),
    shape,
    spacing: spacing as Volume['spacing'],
    oriented: header.qform_code > 0 || header.sform_code > 0,
    affine: header.affine,
    header,
  };
}

/**
 * Reads the labels of a volume from an uncompressed file: NIfTI, or only one byte per voxel.
 * @throws Error if the number of labels differs from the number of voxels
 */
export function labelsOf(name: string, file: ArrayBuffer, { shape, data }: Volume): Uint8Array {
  if (!nifti.isNIFTI(file) && file.byteLength === data.length) return new Uint8Array(file);
  const labels = read(name, file);
  if (labels.shape.join() !== shape.join()) {
    throw new Error(`${name} has labels for [${labels.shape}] voxels, the volume has [${shape}]`);
  }
  return Uint8Array.from(labels.voxels, Number);
}

function read(
  name: string,
  file: ArrayBuffer,
): { voxels: ArrayLike<number | bigint>; shape: Volume['shape']; header: Header } {
  if (!nifti.isNIFTI(file)) throw new Error(`${name} is not a NIfTI file (.nii or .nii.gz)`);
  const header = readHeader(file, name);
  const [dimensions, ...sizes] = header.dims;
  const [width, height, depth, ...more] = sizes.slice(0, dimensions);
  if (!(width > 0 && height > 0 && depth > 0) || more.some((size) => size !== 1)) {
    throw new Error(
      `${name} must hold one volume in three dimensions, got ${sizes.slice(0, dimensions).join(' × ')}`,
    );
  }
  const Numbers = arrays[header.datatypeCode as keyof typeof arrays];
  if (Numbers === undefined) {
    throw new Error(
      `${name} has voxels of type ${header.getDatatypeCodeString(header.datatypeCode)}, which is not read`,
    );
  }
  const bytes = width * height * depth * Numbers.BYTES_PER_ELEMENT;
  if (!(header.vox_offset >= 0 && header.vox_offset + bytes <= file.byteLength)) {
    throw new Error(
      `${name} is cut off: voxels of ${bytes} bytes from byte ${header.vox_offset} on, but ${file.byteLength} bytes in all`,
    );
  }
  const shape: Volume['shape'] = [depth, height, width];
  if (header.littleEndian && header.vox_offset % Numbers.BYTES_PER_ELEMENT === 0)
    return { voxels: new Numbers(file, header.vox_offset, width * height * depth), shape, header };
  const voxels = file.slice(header.vox_offset, header.vox_offset + bytes);
  if (!header.littleEndian) swap(voxels, Numbers.BYTES_PER_ELEMENT);
  return { voxels: new Numbers(voxels), shape, header };
}

function readHeader(file: ArrayBuffer, name: string): Header {
  try {
    // Only the fixed part: the "extensions" between it and the voxels are not needed.
    return nifti.readHeader(file.slice(0, nifti.isNIFTI1(file) ? 352 : 544));
  } catch (error) {
    throw new Error(`${name} has a damaged NIfTI header: ${(error as Error).message}`);
  }
}

/** An uncompressed file with one byte per voxel, with the position and orientation of the given volume. */
export function labelFile(labels: Uint8Array, like: Volume, description: string): Uint8Array<ArrayBuffer> {
  const header: Header = Object.assign(Object.create(Object.getPrototypeOf(like.header)), like.header);
  Object.assign(header, {
    datatypeCode: 2,
    numBitsPerVoxel: 8,
    scl_slope: 1,
    scl_inter: 0,
    cal_min: 0,
    cal_max: 0,
  });
  Object.assign(header, { description, aux_file: '', intent_name: '', intent_code: 1002 }); // NIFTI_INTENT_LABEL
  header.vox_offset = header instanceof nifti.NIFTI1 ? 352 : 544;
  const file = new Uint8Array(header.vox_offset + labels.length);
  file.set(new Uint8Array(header.toArrayBuffer()));
  file.set(labels, header.vox_offset);
  return file;
}

/** Scales to 0 … 1 by minimum and maximum; values that are not finite count as the minimum. */
function scaled(voxels: ArrayLike<number | bigint>, negative: boolean): Float32Array {
  const data = new Float32Array(voxels.length);
  for (let i = 0; i < data.length; i++) data[i] = Number(voxels[i]);
  let least = Number.POSITIVE_INFINITY;
  let greatest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < data.length; i++) {
    if (data[i] < least && data[i] !== Number.NEGATIVE_INFINITY) least = data[i];
    if (data[i] > greatest && data[i] !== Number.POSITIVE_INFINITY) greatest = data[i];
  }
  const range = greatest - least || 1;
  // The header's slope and intercept cancel out, except for the sign of the slope.
  const origin = negative ? greatest : least;
  for (let i = 0; i < data.length; i++) {
    data[i] = Number.isFinite(data[i]) ? Math.abs(data[i] - origin) / range : 0;
  }
  return data;
}

/** Reverses the bytes of every number. */
function swap(numbers: ArrayBuffer, size: number): void {
  const bytes = new Uint8Array(numbers);
  for (let first = 0; first < bytes.length; first += size) {
    for (let i = first, j = first + size - 1; i < j; i++, j--) [bytes[i], bytes[j]] = [bytes[j], bytes[i]];
  }
}

/** The unit of length in millimetres; files without a unit are in millimetres. */
function millimetres(units: number): number {
  const unit = units & nifti.NIFTI1.SPATIAL_UNITS_MASK;
  return unit === nifti.NIFTI1.UNITS_METER ? 1000 : unit === nifti.NIFTI1.UNITS_MICRON ? 0.001 : 1;
}
