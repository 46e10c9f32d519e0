// NIfTI volumes (.nii, .nii.gz), https://nifti.nimh.nih.gov: reading one as numbers from 0 to 1, and writing labels.

import { writeFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import * as nifti from 'nifti-reader-js';
import { readBytes } from './files.js';

type Header = ReturnType<typeof nifti.readHeader>;

/** A volume as it lies in its file: x fastest, then y, then z. */
export interface Volume {
  /** Intensities, scaled so that the least is 0 and the greatest 1. */
  readonly data: Float32Array;
  /** Voxels along [z, y, x]. */
  readonly shape: [number, number, number];
  /** Millimetres between voxels along [x, y, z]. */
  readonly spacing: [number, number, number];
  /** Whether the header says how the voxels lie in the patient. */
  readonly oriented: boolean;
  readonly header: Header;
}

// By the header's datatype code. Not read: complex and colour types, 80-bit and 128-bit floats.
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

/**
 * Reads a volume.
 * @throws Error, with one line that names the file, if it is not there, not NIfTI or not one volume in three dimensions
 */
export function readVolume(path: string): Volume {
  const { voxels, shape, header } = read(path, readMaybeGzipped(path));
  const spacing = header.pixDims
    .slice(1, 4)
    .map((size) => Math.abs(size || 1) * millimetres(header.xyzt_units));
  return {
    data: scaled(voxels, header.scl_slope < 0),
    shape,
    spacing: spacing as Volume['spacing'],
    oriented: header.qform_code > 0 || header.sform_code > 0,
    header,
  };
}

/**
 * Reads the labels of a volume, from NIfTI or from a file of nothing but one byte a voxel.
 * @throws Error if there are not as many as the volume has voxels
 */
export function readLabels(path: string, { shape, data }: Volume): Uint8Array {
  const file = readMaybeGzipped(path);
  if (!nifti.isNIFTI(file) && file.byteLength === data.length) return new Uint8Array(file);
  const labels = read(path, file);
  if (labels.shape.join() !== shape.join()) {
    throw new Error(`${path} has labels for [${labels.shape}] voxels, the volume has [${shape}]`);
  }
  return Uint8Array.from(labels.voxels, Number);
}

function read(
  path: string,
  file: ArrayBuffer,
): { voxels: ArrayLike<number | bigint>; shape: Volume['shape']; header: Header } {
  if (!nifti.isNIFTI(file)) throw new Error(`${path} is not a NIfTI file (.nii or .nii.gz)`);
  const header = readHeader(file, path);
  const [dimensions, ...sizes] = header.dims;
  const [width, height, depth, ...more] = sizes.slice(0, dimensions);
  if (!(width > 0 && height > 0 && depth > 0) || more.some((size) => size !== 1)) {
    throw new Error(
      `${path} must hold one volume in three dimensions, got ${sizes.slice(0, dimensions).join(' × ')}`,
    );
  }
  const Numbers = arrays[header.datatypeCode as keyof typeof arrays];
  if (Numbers === undefined) {
    throw new Error(
      `${path} has voxels of type ${header.getDatatypeCodeString(header.datatypeCode)}, which is not read`,
    );
  }
  const bytes = width * height * depth * Numbers.BYTES_PER_ELEMENT;
  if (!(header.vox_offset >= 0 && header.vox_offset + bytes <= file.byteLength)) {
    throw new Error(
      `${path} is cut off: voxels of ${bytes} bytes from byte ${header.vox_offset} on, but ${file.byteLength} bytes in all`,
    );
  }
  const voxels = file.slice(header.vox_offset, header.vox_offset + bytes);
  if (!header.littleEndian) swap(Buffer.from(voxels), Numbers.BYTES_PER_ELEMENT);
  return { voxels: new Numbers(voxels), shape: [depth, height, width], header };
}

function readHeader(file: ArrayBuffer, path: string): Header {
  try {
    // Only the fixed part: notes between it and the voxels ("extensions") are not needed.
    return nifti.readHeader(file.slice(0, nifti.isNIFTI1(file) ? 352 : 544));
  } catch (error) {
    throw new Error(`${path} has a damaged NIfTI header: ${(error as Error).message}`);
  }
}

/** Writes one byte for each voxel, as a gzipped volume that lies in space where the given one does. */
export function writeLabels(path: string, labels: Uint8Array, like: Volume, description: string): void {
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
  writeFileSync(path, gzipSync(Buffer.concat([Buffer.from(header.toArrayBuffer()), labels])));
}

/** A file's bytes, unpacked if they are gzipped, whatever its name says. */
function readMaybeGzipped(path: string): ArrayBuffer {
  let bytes = readBytes(path);
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    try {
      bytes = gunzipSync(bytes);
    } catch (error) {
      throw new Error(`${path} cannot be unpacked: ${(error as Error).message}`);
    }
  }
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
}

/** Scales to 0 … 1 by the least and the greatest; what is not a finite number counts as the least. */
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
  // The header's factor and summand cancel out, but for the factor's sign.
  const origin = negative ? greatest : least;
  for (let i = 0; i < data.length; i++) {
    data[i] = Number.isFinite(data[i]) ? Math.abs(data[i] - origin) / range : 0;
  }
  return data;
}

function swap(bytes: Buffer, size: number): void {
  if (size === 2) bytes.swap16();
  if (size === 4) bytes.swap32();
  if (size === 8) bytes.swap64();
}

/** The unit of length in millimetres; files that do not say mean millimetres. */
function millimetres(units: number): number {
  const unit = units & nifti.NIFTI1.SPATIAL_UNITS_MASK;
  return unit === nifti.NIFTI1.UNITS_METER ? 1000 : unit === nifti.NIFTI1.UNITS_MICRON ? 0.001 : 1;
}
