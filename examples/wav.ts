// Reads WAV files as one channel of samples.

import decode, { type AudioData } from '@audio/decode-wav';
import { readBytes } from './files.js';

export interface Recording {
  /** samples per second */
  readonly rate: number;
  /** from -1 to 1; the mean of all channels */
  readonly samples: Float32Array;
}

/** @throws Error that names the file and says why it cannot be used */
export function readRecording(path: string): Recording {
  const bytes = readBytes(path);
  checkWhole(path, bytes);
  let sound: AudioData;
  try {
    sound = decode(bytes);
  } catch (error) {
    throw new Error(`${path} is not a WAV recording (${(error as Error).message})`);
  }
  const { channelData, sampleRate } = sound;
  if (channelData.length === 0 || channelData[0].length === 0) throw new Error(`${path} has no samples`);
  const samples = new Float32Array(channelData[0].length);
  for (const channel of channelData)
    for (let i = 0; i < samples.length; i++) samples[i] += channel[i] / channelData.length;
  if (!samples.every(Number.isFinite)) throw new Error(`${path} has samples that are not numbers`);
  return { rate: sampleRate, samples };
}

/** The size in a WAV file's header, bytes 4 to 7; a file that was written as a stream has 0 or the maximum there. */
function checkWhole(path: string, bytes: Buffer): void {
  if (
    bytes.length < 12 ||
    bytes.toString('latin1', 0, 4) !== 'RIFF' ||
    bytes.toString('latin1', 8, 12) !== 'WAVE'
  )
    throw new Error(`${path} is not a WAV recording`);
  const said = bytes.readUInt32LE(4);
  if (said !== 0 && said !== 0xffffffff && bytes.length < said + 8)
    throw new Error(
      `${path} is truncated: its header says ${said + 8} bytes, but the file has ${bytes.length}`,
    );
}
