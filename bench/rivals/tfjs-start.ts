// Starts TensorFlow.js' wasm backend.

import * as backend from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { allowed, inWords } from './threads.js';

let ready: Promise<boolean> | undefined;

/** Starts the backend once; `files` is the URL of the folder with its modules. */
export async function startTfjs(files: string): Promise<void> {
  ready ??= start(files);
  if (!(await ready)) throw new Error('the wasm backend did not start');
}

async function start(files: string): Promise<boolean> {
  backend.setWasmPaths(files);
  const { threads } = allowed;
  if (threads > 1 && tf.env().getBool('IS_NODE')) throw new Error('TensorFlow.js has no threads in Node');
  backend.setThreadsCount(threads);
  if (threads === 1) tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  // it uses at most half of `hardwareConcurrency`
  else Object.defineProperty(navigator, 'hardwareConcurrency', { value: 2 * threads, configurable: true });
  const isReady = await tf.setBackend('wasm');
  const got = threads === 1 ? 1 : backend.getThreadsCount();
  if (got !== threads) throw new Error(`${inWords(threads)} were wanted, here is ${inWords(got)}`);
  return isReady;
}
