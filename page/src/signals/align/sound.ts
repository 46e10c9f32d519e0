// Sound into samples: from files of any kind that the browser plays, and from the microphone.

import { end, insecure, refusal } from '../../sources.ts';

/** Samples a second: enough to understand speech, and to tell lags of 0.06 ms apart. */
export const RATE = 16_000;
/** Longer recordings take too long to line up in a browser. */
export const MOST_SECONDS = 120;

export type Samples = Float32Array<ArrayBuffer>;

/**
 * All channels as one.
 * @throws Error with a sentence for the user
 */
export async function decode(file: Blob): Promise<Samples> {
  const bytes = await file.arrayBuffer();
  let sound: AudioBuffer;
  try {
    sound = await new OfflineAudioContext(1, 1, RATE).decodeAudioData(bytes);
  } catch {
    throw new Error('The browser cannot read this file as a recording (WAV, MP3, M4A, Ogg …).');
  }
  if (sound.duration > MOST_SECONDS)
    throw new Error(`This recording lasts ${Math.round(sound.duration)} s; the limit is ${MOST_SECONDS} s.`);
  if (sound.length === 0) throw new Error('This recording is empty.');
  const mixed = new Float32Array(sound.length);
  for (let c = 0; c < sound.numberOfChannels; c++) {
    const channel = sound.getChannelData(c);
    for (let i = 0; i < mixed.length; i++) mixed[i] += channel[i] / sound.numberOfChannels;
  }
  return mixed;
}

/** Plain sound: what makes calls clearer would move echoes and noise. */
const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };

export class Microphone {
  #recorder: MediaRecorder | undefined;

  get recording(): boolean {
    return this.#recorder !== undefined;
  }

  /**
   * Records until it is stopped, or as long as a recording may be.
   * @throws Error with a sentence for the user
   */
  async record(): Promise<Blob> {
    if (!navigator.mediaDevices) throw new Error(insecure('microphone'));
    let stream: MediaStream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: plain });
    } catch (error) {
      throw new Error(refusal(error as DOMException, 'microphone'));
    }
    const recorder = new MediaRecorder(stream);
    this.#recorder = recorder;
    const pieces: Blob[] = [];
    recorder.ondataavailable = ({ data }) => pieces.push(data);
    const limit = setTimeout(() => this.stop(), 1000 * (MOST_SECONDS - 1));
    const stopped = new Promise((resolve) => {
      recorder.onstop = resolve;
    });
    recorder.start();
    await stopped;
    clearTimeout(limit);
    end(stream);
    return new Blob(pieces, { type: recorder.mimeType });
  }

  stop(): void {
    this.#recorder?.stop();
    this.#recorder = undefined;
  }
}
