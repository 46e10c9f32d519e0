// Describes a call of a layer for callGradients.

import type { Tensor } from '../../core/tensor.js';
import type { SizeOptions } from '../../layers/epilogue.js';
import type { LayerInside } from '../../layers/internals.js';
import type { Layer } from '../../layers/layer.js';
import { checkUpsample } from '../../problem/options.js';
import type { Epilogue } from '../../run/activation.js';
import { type Call, repeatedShape } from './call.js';
import { layerGradientConvolutions } from './layer-convolutions.js';

/**
 * Describes a call of a layer.
 * @throws RangeError or TypeError where `forward` would throw
 */
export function layerCall(
  layer: Layer,
  inside: LayerInside,
  input: Tensor,
  output: Tensor | undefined,
  epilogue: Epilogue | undefined,
  options: SizeOptions,
): Call {
  const { parameters, plans, spec } = inside;
  const upsample = checkUpsample(options.upsample, spec.options, () => String(layer));
  const readings = layerGradientConvolutions(
    layer,
    inside,
    repeatedShape(input.shape, upsample),
    options.outputSize,
  );
  const { winograd } = layer;
  return { readings, plans, parameters: parameters.current(), winograd, input, upsample, epilogue, output };
}
