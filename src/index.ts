// convnd: PyTorch's convolution layers.

export {} from './engine/wasm.js';

// The wasm text is imported first: at the start of a bundle it compresses 0.7 KB smaller than in the middle of the code.

export {
  loadSafetensors,
  type SafeTensor,
  safetensorsMetadata,
  saveSafetensors,
} from './checkpoints/safetensors.js';
export { type NestedArray, type Shape, type Tensor, type TensorLike, tensor } from './core/tensor.js';
export type { HalfArray, TypedArray } from './core/typed-array.js';
export type { MemoryUsage } from './engine/engine.js';
export { memoryUsage } from './engine/heap.js';
export type { RelaxedSimd } from './engine/relaxed-simd.js';
export { resident } from './engine/resident.js';
export { ResidentTensor } from './engine/resident-tensor.js';
export { type InitOptions, init, usesRelaxedSimd, wasmModule } from './engine/start.js';
export * as functional from './functional.js';
export type { PaddingMode } from './geometry/padding.js';
export type { ActivationName } from './layers/activation.js';
export type { AnyLayer } from './layers/any-layer.js';
export { Conv1d, Conv2d, Conv3d } from './layers/conv.js';
export type {
  ConvFromOptions,
  ConvOptions,
  ConvTransposeFromOptions,
  ConvTransposeOptions,
} from './layers/conv-options.js';
export { ConvTranspose1d, ConvTranspose2d, ConvTranspose3d } from './layers/conv-transpose.js';
export type {
  EpilogueOptions,
  ForwardOptions,
  SizeOptions,
  TransposeForwardOptions,
} from './layers/epilogue.js';
export type { NormOptions } from './layers/from.js';
export { manualSeed } from './layers/init.js';
export {
  LazyConv1d,
  LazyConv2d,
  LazyConv3d,
  LazyConvTranspose1d,
  LazyConvTranspose2d,
  LazyConvTranspose3d,
} from './layers/lazy-conv.js';
export { Parameter } from './layers/parameter.js';
export { settings } from './layers/settings.js';
export type { LoadOptions, LoadReport, StateDict, StateDictLike } from './layers/state.js';
export type { Timing } from './layers/tune.js';
export type { AlgorithmName, Winograd } from './plan/preference.js';
export type { FunctionalOptions, FunctionalTransposeOptions } from './problem/options.js';
export type { KernelSizes, Padding, Rank, Sides, SizeList, Sizes } from './problem/sizes.js';
