// NIfTI files in the browser: decompresses them if they are gzipped, and compresses labels.

import { isGzipped, type Volume, volumeOf } from '../../../examples/nifti.ts';

/** @throws Error with one sentence that names the file */
export async function readVolume(name: string, file: Blob): Promise<Volume> {
  const start = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  const bytes = await (isGzipped(start) ? gunzip(name, file) : file.arrayBuffer());
  try {
    return volumeOf(name, bytes);
  } catch (error) {
    if (error instanceof RangeError) throw new Error(`${name} is too large for the memory of this browser`);
    throw error;
  }
}

async function gunzip(name: string, file: Blob): Promise<ArrayBuffer> {
  try {
    return await new Response(file.stream().pipeThrough(new DecompressionStream('gzip'))).arrayBuffer();
  } catch {
    throw new Error(`${name} cannot be unpacked: it is damaged or truncated`);
  }
}

export function gzip(bytes: Uint8Array<ArrayBuffer>): Promise<Blob> {
  return new Response(new Blob([bytes]).stream().pipeThrough(new CompressionStream('gzip'))).blob();
}
