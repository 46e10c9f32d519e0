// biome-ignore-all assist/source/organizeImports: bundles begin with the module's text; in their midst it takes 500 bytes more
// convnd: PyTorch's convolution layers.

export { type InitOptions, init, memoryUsage, wasmModule } from './start.js';
export type { ActivationName } from './activation.js';
export type { MemoryUsage } from './engine.js';
export * as functional from './functional.js';
export type { PaddingMode } from './geometry.js';
export { manualSeed } from './init.js';
export type { AlgorithmName } from './kernels.js';
export type { ForwardOptions } from './layer.js';
export {
  Conv1d,
  Conv2d,
  Conv3d,
  type ConvOptions,
  ConvTranspose1d,
  ConvTranspose2d,
  ConvTranspose3d,
  type ConvTransposeOptions,
  LazyConv1d,
  LazyConv2d,
  LazyConv3d,
  LazyConvTranspose1d,
  LazyConvTranspose2d,
  LazyConvTranspose3d,
  type TransposeForwardOptions,
} from './layers.js';
export type { FunctionalOptions, FunctionalTransposeOptions, KernelSizes, Rank, Sizes } from './operator.js';
export { Parameter } from './parameter.js';
export { ResidentTensor, resident } from './resident.js';
export { loadSafetensors, type SafeTensor, safetensorsMetadata, saveSafetensors } from './safetensors.js';
export { settings, type Winograd } from './settings.js';
export type { LoadOptions, LoadReport, StateDict } from './state.js';
export {
  type NestedArray,
  type Shape,
  type Tensor,
  type TensorLike,
  type TypedArray,
  tensor,
} from './tensor.js';
export type { Timing } from './tune.js';
