// Computes a checked call of forwardAsync: chooses the portions, runs them on workers, and falls back to this thread.

import { microsecondsOfPlan } from '../plan/microseconds.js';
import type { Plan } from '../plan/plan.js';
import { planInPortions, portionsIn } from '../plan/portions.js';
import { alternative } from '../run/alternative.js';
import type { Operands } from '../run/operands.js';
import type { PreparedPlan } from '../run/prepared-plan.js';
import { copyOfTensor } from '../run/tensors.js';
import { weightLayout } from '../run/weights.js';
import { AsyncCall } from './async-call.js';
import { currentWorkers, hold, release } from './async-workers.js';
import { frozenOf } from './weight-snapshots.js';

/** The size of portions; mutable for tests. */
export const portionSizes = {
  /** the minimum, in estimated microseconds: ten times the overhead of sending a portion */
  microseconds: 700,
  /** the approximate maximum of its inputs and outputs in bytes, which this thread copies in one task */
  bytes: 8 << 20,
  /** the most portions per worker, unless `bytes` requires more. Several, so that a slow worker delays the call less */
  each: 4,
};

/** How the caller observes and aborts a call. */
export interface Watch {
  readonly signal: AbortSignal | undefined;
  readonly progress: ((share: number) => void) | undefined;
}

/** Computes a call, which is never in place, with the current parameters. */
export async function computeAsync(
  prepared: PreparedPlan,
  { input: x, output: out, parameters, epilogue }: Omit<Operands, 'inPlace'>,
  { signal, progress }: Watch,
): Promise<void> {
  const { engine, plan, weights } = prepared;
  const hasAlternative = alternative.provider?.implementationOf(engine, plan, () => {}) !== undefined;
  const frozen = hasAlternative ? undefined : frozenOf(prepared, parameters);
  if (!frozen || !(weights.isFinite || plan.everyTap)) {
    prepared.run(x, out, parameters, epilogue);
    progress?.(1);
    return;
  }
  const { snapshot } = frozen;
  // Winograd may have to be recomputed below, and `add` may be `out`
  const own = plan.tile && epilogue?.add ? { ...epilogue, add: copyOfTensor(epilogue.add) } : epilogue;
  const call = new AsyncCall({ engine, plan: portionsOf(plan), snapshot, x, out, epilogue: own, progress });
  const abort = () => call.stop(signal?.reason);
  signal?.addEventListener('abort', abort);
  try {
    hold(snapshot.id);
    if (await call.run()) return;
  } finally {
    signal?.removeEventListener('abort', abort);
    release(snapshot.id);
  }
  // Winograd spreads a non-finite input over its tile. Recompute the call here, since the repair works on the blocks of the whole plan
  prepared.run(x, out, frozen.parameters!, own);
  progress?.(1);
}

/** Plans divided into portions, for the last wanted number. */
const inPortions = new WeakMap<Plan, { readonly wanted: number; readonly portions: Plan }>();

/** Divides a plan into a suitable number of portions for the workers. */
function portionsOf(plan: Plan): Plan {
  const { loaded, target } = plan.bytes;
  const byWork = Math.min(
    portionSizes.each * currentWorkers().length,
    Math.floor(microsecondsOfPlan(plan) / portionSizes.microseconds),
  );
  const byBytes = Math.ceil(((loaded + target) * portionsIn(plan)) / portionSizes.bytes);
  const wanted = Math.max(1, byWork, byBytes);
  const known = inPortions.get(plan);
  if (known?.wanted === wanted) return known.portions;
  const layout = weightLayout(plan);
  const portions = planInPortions(plan, wanted, (other) => weightLayout(other) === layout);
  inPortions.set(plan, { wanted, portions });
  return portions;
}
