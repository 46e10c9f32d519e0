// Activation: what may follow a convolution in the same pass.

import { refuse, type Where } from './check.js';
import { describe } from './tensor.js';

/** Activations that `forward` applies to its result: torch's relu, relu6 and leaky_relu. */
export type ActivationName = 'relu' | 'relu6' | 'leakyRelu';

/** An activation and its slope for negative numbers, which only leakyRelu looks at. */
export interface Activation {
  readonly name: ActivationName;
  readonly slope: number;
}

/** Elements that one item of an activation covers, as in assembly/activate.ts. */
export const CHUNK = 1024;

/** Checks the options of `forward` that ask for an activation. */
export function activationOf(
  name: ActivationName | undefined,
  negativeSlope: number | undefined,
  where: Where,
): Activation | undefined {
  if (name === undefined) {
    if (negativeSlope !== undefined) refuse(where, "negativeSlope goes with activation: 'leakyRelu'");
    return undefined;
  }
  if (name !== 'relu' && name !== 'relu6' && name !== 'leakyRelu') {
    throw new TypeError(
      `activation: expected 'relu', 'relu6' or 'leakyRelu', but got ${describe(name)} [${where()}]`,
    );
  }
  if (negativeSlope === undefined) return PLAIN[name];
  if (name !== 'leakyRelu')
    refuse(where, `negativeSlope goes with activation: 'leakyRelu', not with ${name}`);
  if (typeof negativeSlope !== 'number') {
    throw new TypeError(`negativeSlope must be a number, but got ${describe(negativeSlope)} [${where()}]`);
  }
  return { name, slope: negativeSlope };
}

/** The activations with torch's defaults, made once so that a call allocates none. */
const PLAIN: Readonly<Record<ActivationName, Activation>> = {
  relu: { name: 'relu', slope: 0 },
  relu6: { name: 'relu6', slope: 0 },
  leakyRelu: { name: 'leakyRelu', slope: 0.01 },
};
