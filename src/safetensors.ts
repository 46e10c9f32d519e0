// convnd/safetensors: checkpoints without an engine.

export {
  loadSafetensors,
  type SafeTensor,
  safetensorsMetadata,
  saveSafetensors,
} from './checkpoints/safetensors.js';
