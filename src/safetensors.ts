// convnd/safetensors: reads and writes safetensors checkpoints, without any wasm.

export {
  loadSafetensors,
  type SafeTensor,
  safetensorsMetadata,
  saveSafetensors,
} from './checkpoints/safetensors.js';
