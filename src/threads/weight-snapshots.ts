// Weight snapshots: the parameters of a layer as they are at one time, for calls that end later.

import { FLOAT_BYTES } from '../core/bytes.js';
import type { Parameters } from '../run/parameters.js';
import type { PreparedPlan } from '../run/prepared-plan.js';
import type { PackedWeights } from '../run/weights.js';
import type { WeightSnapshot } from './async-worker.js';

/** Parameters at one time. */
export interface Frozen {
  readonly packings: number;
  readonly snapshot: WeightSnapshot;
  /** copies of them, where results of a transform may have to be computed again */
  readonly parameters: Parameters | undefined;
}

const known = new WeakMap<PackedWeights, Frozen>();
let lastId = 0;

/**
 * The parameters of a plan as they are now, packed.
 * @throws RangeError if memory is insufficient
 */
export function frozenOf({ engine, plan, weights }: PreparedPlan, parameters: Parameters): Frozen {
  engine.begin();
  try {
    weights.refresh(plan, parameters);
  } finally {
    engine.end();
  }
  const { packings } = weights;
  const found = known.get(weights);
  if (found?.packings === packings) return found;
  const numbers = () => {
    const { address, bytes } = weights;
    if (address < 0 || weights.packings !== packings) return undefined;
    return engine.f32.slice(address / FLOAT_BYTES, (address + bytes) / FLOAT_BYTES);
  };
  const frozen: Frozen = {
    packings,
    snapshot: { id: ++lastId, bytes: weights.bytes, numbers },
    parameters: plan.tile && copyOf(parameters),
  };
  known.set(weights, frozen);
  return frozen;
}

/** Their values are compared with what is packed when they are computed with. */
function copyOf({ weight, bias }: Parameters): Parameters {
  return { weight: weight.slice(), bias: bias?.slice() ?? null, version: Number.NaN, exposed: true };
}
