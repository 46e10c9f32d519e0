// MeshNet: ten 3-D convolutions whose dilation grows to 16 and shrinks again, so that each voxel is classified from the
// 93 × 93 × 93 voxels around it, with 6,000 weights in all. Fedorov et al. 2017, https://arxiv.org/abs/1612.00940

import { Conv3d, ResidentTensor, type Tensor, type TensorLike } from 'convnd';
import { classes } from './tissues.js';

const dilations = [1, 2, 4, 8, 16, 8, 4, 2, 1];

export type Progress = (layer: Conv3d, output: Tensor, milliseconds: number) => void;

export class MeshNet {
  readonly layers: Conv3d[];

  /** @param checkpoint as of `nn.Sequential`: '0.weight', '0.bias' … '9.bias' */
  constructor(checkpoint: Record<string, TensorLike>) {
    this.layers = dilations.map((d, i) => new Conv3d(i === 0 ? 1 : 5, 5, 3, { padding: d, dilation: d }));
    this.layers.push(new Conv3d(5, classes.length, 1));
    for (const [i, layer] of this.layers.entries()) layer.loadStateDict(checkpoint, { prefix: `${i}.` });
  }

  /**
   * Computes the score of every class for every voxel.
   *
   * All layers work in one tensor in wasm memory, and each overwrites its input. So nothing is copied between layers, and no
   * second tensor is needed: for a volume of 256³ voxels, five channels alone are 336 MB.
   * @param volume (1, 1, depth, height, width), intensities from 0 to 1
   * @param progress is called after each layer with its output and its time
   * @returns (1, classes, depth, height, width), the first channels of that tensor
   */
  forward(volume: Tensor, progress: Progress = () => {}): Tensor {
    const hidden = new ResidentTensor(this.layers[0].outputShape(volume.shape));
    let x = volume;
    for (const [i, layer] of this.layers.entries()) {
      const isLast = i === this.layers.length - 1;
      const start = performance.now();
      x = layer.forward(x, {
        out: isLast ? hidden.channels(0, classes.length) : hidden,
        activation: isLast ? undefined : 'relu',
      });
      progress(layer, x, performance.now() - start);
    }
    return x;
  }
}

/** The class with the highest score for each voxel; the first one if scores are equal, as `torch.argmax`. */
export function argmax(scores: Tensor): Uint8Array {
  const { data } = scores;
  const voxels = data.length / classes.length;
  const labels = new Uint8Array(voxels);
  for (let i = 0; i < voxels; i++) {
    let best = 0;
    for (let c = 1; c < classes.length; c++) if (data[c * voxels + i] > data[best * voxels + i]) best = c;
    labels[i] = best;
  }
  return labels;
}
