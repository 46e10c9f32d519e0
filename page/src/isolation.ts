// Cross-origin isolation, which threads need. If the host does not send the headers, the service worker adds them from the second response
// on. So a view with threads reloads once at the first visit, unless the visitor already uses it; otherwise it runs on one thread.

const key = 'convnd-isolation';

/** Reloads the page once, if that isolates it. */
async function isolate(): Promise<void> {
  // responses of the service worker already have the headers, so one reload must be enough
  if (crossOriginIsolated || !('serviceWorker' in navigator) || navigator.serviceWorker.controller) return;
  if (sessionStorage.getItem(key)) return;
  let isUsed = false;
  for (const name of ['pointerdown', 'keydown', 'drop', 'change'])
    addEventListener(name, () => (isUsed = true), { once: true, capture: true });
  await navigator.serviceWorker.ready;
  if (isUsed) return;
  sessionStorage.setItem(key, 'tried');
  location.reload();
}

if (import.meta.env.PROD) isolate();
