// An edge worker that classifies posted pictures: docs/cookbook.md.

import { loadSafetensors, tensor } from 'convnd';
import { ResNet18 } from './resnet18.js';

interface Env {
  /** the binding of the static assets, which contain the weights */
  ASSETS: { fetch(url: string): Promise<Response> };
}

let net: Promise<ResNet18> | undefined;

async function load({ ASSETS }: Env): Promise<ResNet18> {
  const file = await ASSETS.fetch('https://assets/resnet18.safetensors');
  return new ResNet18(loadSafetensors(await file.arrayBuffer()));
}

export default {
  /** Takes one image as float32 numbers, (3, size, size), and returns the scores of the classes. */
  async fetch(request: Request, env: Env): Promise<Response> {
    const picture = new Float32Array(await request.arrayBuffer());
    const size = Math.sqrt(picture.length / 3);
    // loaded once, by the first request; after a failure the next request tries again
    net ??= load(env).catch((error) => {
      net = undefined;
      throw error;
    });
    const scores = (await net).forward(tensor(picture, [1, 3, size, size]));
    return Response.json([...scores.data]);
  },
};
