// The main file of a process that measures one layer with every runtime.

import { type Assignment, type Message, race } from './race.js';
import { rivals } from './rivals.js';

process.once('message', async (assignment: Assignment) => {
  const tell = (message: Message) => process.send?.(message);
  const message: Message = { outcomes: await race(assignment, rivals, tell) };
  // Some runtimes would keep the process alive.
  process.send?.(message, undefined, undefined, () => process.exit());
});
