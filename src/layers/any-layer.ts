// The type of all convolution layers.

import type { Rank } from '../problem/sizes.js';
import type { Conv } from './conv.js';
import type { ConvTranspose } from './conv-transpose.js';
import type { Layer } from './layer.js';

/** Any convolution layer: of any rank, plain, transposed or lazy. */
export type AnyLayer = Layer & { forward: Conv<Rank>['forward'] | ConvTranspose<Rank>['forward'] };
