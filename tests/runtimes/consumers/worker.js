// Runs in a Web Worker.

import { run } from 'SUBJECT';

run()
  .catch((error) => ({ failed: 1, details: [String(error)] }))
  .then((result) => postMessage(result));
