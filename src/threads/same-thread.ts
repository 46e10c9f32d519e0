// Same thread: a worker on this thread, where no other can be started. It carries out each request in a task of its own, so that others get their turn.

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
