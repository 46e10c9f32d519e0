// Runs in a runtime that has a console.

import { run } from 'SUBJECT';

console.log(JSON.stringify(await run()));
