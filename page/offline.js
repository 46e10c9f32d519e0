// The service worker: after one visit the page works without a network. vite.config.ts puts the names of the built files in.
// Small files are kept at once, data (networks, pictures, the MRI) when it is first used. Every answer gets the headers that isolate the
// page, as threads need them and not every host sends them.

const files = /* files */ [];
const cacheName = /* version */ '';

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(cacheName).then((cache) => cache.addAll(files)));
});

self.addEventListener('activate', (event) => {
  const forget = async () => {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name !== cacheName).map((name) => caches.delete(name)));
  };
  event.waitUntil(forget());
});

/** Files under assets/ have their content's hash in the name and never change; others are asked for first. */
async function answer(request) {
  const cache = await caches.open(cacheName);
  const url = new URL(request.url);
  const kept = await cache.match(url.origin + url.pathname);
  if (kept && url.pathname.includes('/assets/')) return kept;
  try {
    const response = await fetch(request);
    if (response.ok) await cache.put(url.origin + url.pathname, response.clone());
    return response;
  } catch (error) {
    if (kept) return kept;
    throw error;
  }
}

/** The answer with the headers that isolate the page. */
function isolated(response) {
  // redirects, which have no status that could be handed on
  if (response.status === 0) return response;
  const { body, status, statusText } = response;
  const headers = new Headers(response.headers);
  headers.set('Cross-Origin-Opener-Policy', 'same-origin');
  headers.set('Cross-Origin-Embedder-Policy', 'require-corp');
  return new Response(body, { status, statusText, headers });
}

self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method === 'GET' && new URL(request.url).origin === location.origin)
    event.respondWith(answer(request).then(isolated));
});
