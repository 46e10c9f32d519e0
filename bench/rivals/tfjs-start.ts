// Starts TensorFlow.js' wasm backend on one thread.

import * as backend from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';

let ready: Promise<boolean> | undefined;

/** Starts the backend, once; `files` is the address of the folder with its modules. */
export async function startTfjs(files: string): Promise<void> {
  ready ??= start(files);
  if (!(await ready)) throw new Error('the wasm backend did not start');
}

async function start(files: string): Promise<boolean> {
  backend.setWasmPaths(files);
  backend.setThreadsCount(1);
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  return tf.setBackend('wasm');
}
