// Runs a measurement in a new process, and repeats it without a runtime that crashes the process.

import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Outcome } from './outcome.js';
import type { Assignment, Message } from './race.js';

const SCRIPT = fileURLToPath(new URL('./measure.js', import.meta.url));
/** A process without output for this many milliseconds is ended. */
const PATIENCE = 180_000;

interface Ending {
  readonly outcomes?: Record<string, Outcome>;
  /** The runtime that was running when the process ended without a result. */
  readonly blamed?: string;
  readonly reason?: string;
}

function runOnce(assignment: Assignment): Promise<Ending> {
  const child = fork(SCRIPT, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  return new Promise((resolve) => {
    let outcomes: Record<string, Outcome> | undefined;
    let turn: string | undefined;
    let errors = '';
    let silent = false;
    const giveUp = () => {
      silent = true;
      child.kill('SIGKILL');
    };
    let watch = setTimeout(giveUp, PATIENCE);
    child.stderr?.on('data', (chunk: Buffer) => {
      errors = (errors + chunk).slice(-2000);
    });
    child.on('message', (message: Message) => {
      clearTimeout(watch);
      watch = setTimeout(giveUp, PATIENCE);
      if ('turn' in message) turn = message.turn;
      else outcomes = message.outcomes;
    });
    child.on('close', (code, signal) => {
      clearTimeout(watch);
      const said = errors.split('\n').find((line) => /error/i.test(line)) ?? '';
      const reason = silent
        ? `no sign for ${PATIENCE / 1000} s`
        : `the process ended (${signal ?? `exit ${code}`}) ${said}`;
      resolve({ outcomes, blamed: turn, reason: reason.trim() });
    });
    child.send(assignment);
  });
}

/** The outcomes of all named runtimes. If one ends the process, that is its failure. */
export async function run(assignment: Assignment): Promise<Record<string, Outcome>> {
  const failed: Record<string, Outcome> = {};
  let names = assignment.names;
  while (names.length > 0) {
    const { outcomes, blamed, reason } = await runOnce({ ...assignment, names });
    if (outcomes) return { ...failed, ...outcomes };
    const culprit = blamed ?? names[0];
    failed[culprit] = { rounds: [], failure: reason ?? 'the process ended' };
    names = names.filter((name) => name !== culprit);
  }
  return failed;
}
