// Isolation, which threads need: where the host sends no headers for it the service worker adds them, from the second answer on. So a view
// with threads is loaded once more at the first visit, unless somebody has begun to use it by then; it works on one thread without.

const key = 'convnd-isolation';

/** Loads the page once more, if that isolates it. */
async function isolate(): Promise<void> {
  // answers of the service worker have the headers already, and once must be enough
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
