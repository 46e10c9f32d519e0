// The runtimes by name. Each is loaded only when it is measured.

import type { Rival } from './rival.js';

/** In the order of the table. jax-js is last: it must be loaded after runtimes that define a global Worker. */
export const rivals: Record<string, () => Promise<Rival>> = {
  convnd: async () => (await import('./convnd.js')).convndPlain,
  'convnd resident': async () => (await import('./convnd.js')).convndResident,
  ort: async () => (await import('./ort.js')).ortWeb,
  'ort resident': async () => (await import('./ort-resident.js')).ortResident,
  tfjs: async () => (await import('./tfjs.js')).tfjs,
  litert: async () => (await import('./litert.js')).liteRt,
  'jax-js': async () => (await import('./jax.js')).jaxJs,
};

/** The packages whose versions the report lists. */
export const packages = ['onnxruntime-web', '@tensorflow/tfjs-backend-wasm', '@litertjs/core', '@jax-js/jax'];

export const isOurs = (name: string): boolean => name.startsWith('convnd');
