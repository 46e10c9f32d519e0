// The page that uses net-worker.ts: docs/cookbook.md.

/** Runs images of (1, 3, height, width) in a worker. `progress` is called after each. */
export function segment(
  worker: Worker,
  weights: ArrayBuffer,
  pictures: Float32Array<ArrayBuffer>[],
  shape: number[],
  progress: (done: number, of: number) => void,
): Promise<Float32Array[]> {
  return new Promise((resolve, reject) => {
    worker.addEventListener('message', ({ data: { done, of, results } }) => {
      if (results) resolve(results);
      else progress(done, of);
    });
    worker.addEventListener('error', ({ message }) => reject(new Error(message)));
    worker.postMessage({ weights }, [weights]);
    worker.postMessage(
      { pictures, shape },
      pictures.map(({ buffer }) => buffer),
    );
  });
}

// const worker = new Worker(new URL('./net-worker.js', import.meta.url), { type: 'module' });
// await segment(worker, await (await fetch('unet.safetensors')).arrayBuffer(), pictures, [1, 3, 256, 256], console.log);
