// Here: a worker on this thread, where no other can be started. It does each errand in a task of its own, so that others get their turn.

import { engine } from '../engine/start.js';
import type { Connect } from './async-worker.js';
import { OwnMemory } from './errand.js';

export const here: Connect = (hear) => {
  let own: OwnMemory | undefined;
  return {
    send: (errand) => {
      const { setTimeout } = globalThis as Partial<typeof globalThis>;
      const work = () => {
        own ??= new OwnMemory(engine().module!);
        hear(own.do(errand));
      };
      if (setTimeout) setTimeout(work, 0);
      else void Promise.resolve().then(work);
    },
    hold: () => {},
    end: () => {},
  };
};
