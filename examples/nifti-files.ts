// NIfTI files (.nii, .nii.gz) on disk.

import { writeFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { readBytes } from './files.js';
import { isGzipped, labelFile, labelsOf, type Volume, volumeOf } from './nifti.js';

/** @throws Error, one line that names the file, if it does not exist or `volumeOf` rejects it */
export function readVolume(path: string): Volume {
  return volumeOf(path, unpacked(path));
}

/** @throws Error, one line that names the file, if it does not exist or `labelsOf` rejects it */
export function readLabels(path: string, volume: Volume): Uint8Array {
  return labelsOf(path, unpacked(path), volume);
}

/** Writes labels, compressed with gzip. */
export function writeLabels(path: string, labels: Uint8Array, like: Volume, description: string): void {
  writeFileSync(path, gzipSync(labelFile(labels, like, description)));
}

function unpacked(path: string): ArrayBuffer {
  let bytes = readBytes(path);
  if (isGzipped(bytes)) {
    try {
      bytes = gunzipSync(bytes);
    } catch (error) {
      throw new Error(`${path} cannot be unpacked: ${(error as Error).message}`);
    }
  }
  const { buffer, byteOffset, byteLength } = bytes;
  const isWhole = byteLength === buffer.byteLength; // a small file may be in a buffer that others share
  return (isWhole ? buffer : buffer.slice(byteOffset, byteOffset + byteLength)) as ArrayBuffer;
}
