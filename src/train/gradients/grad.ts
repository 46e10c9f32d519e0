// The public namespace `grad`: gradients of the six functional convolutions.

export {
  conv1dInput,
  conv1dWeight,
  conv2dInput,
  conv2dWeight,
  conv3dInput,
  conv3dWeight,
} from './grad-conv.js';
export {
  convTranspose1dInput,
  convTranspose1dWeight,
  convTranspose2dInput,
  convTranspose2dWeight,
  convTranspose3dInput,
  convTranspose3dWeight,
} from './grad-conv-transpose.js';
