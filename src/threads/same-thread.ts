// A substitute for a worker on hosts that can't start one: executes each request on this thread, in a separate task, so that other tasks
// can run in between.

import { engine } from '../engine/start.js';
import type { Connect } from './async-worker.js';
import { OwnMemory } from './work-request.js';

export const sameThread: Connect = (hear) => {
  let own: OwnMemory | undefined;
  return {
    send: (request) => {
      const { setTimeout } = globalThis as Partial<typeof globalThis>;
      const work = () => {
        own ??= new OwnMemory(engine().module!);
        hear(own.do(request));
      };
      if (setTimeout) setTimeout(work, 0);
      else void Promise.resolve().then(work);
    },
    hold: () => {},
    end: () => {},
  };
};
