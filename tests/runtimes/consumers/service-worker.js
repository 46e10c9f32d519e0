// Runs in a service worker, when it is asked.

import { run } from 'SUBJECT';

addEventListener('install', () => skipWaiting());
addEventListener('activate', (event) => event.waitUntil(clients.claim()));
addEventListener('message', (event) => {
  const answer = run()
    .catch((error) => ({ failed: 1, details: [String(error)] }))
    .then((result) => event.source.postMessage(result));
  event.waitUntil(answer);
});
