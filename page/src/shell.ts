// What every page has: the switch between light and dark (without a choice the page follows the system), and a service worker
// that keeps the page for when there is no network.

const key = 'convnd-theme';
const root = document.documentElement;
const button = document.querySelector<HTMLButtonElement>('#theme');

const stored = localStorage.getItem(key);
if (stored === 'light' || stored === 'dark') root.dataset.theme = stored;

button?.addEventListener('click', () => {
  const dark = root.dataset.theme
    ? root.dataset.theme === 'dark'
    : matchMedia('(prefers-color-scheme: dark)').matches;
  root.dataset.theme = dark ? 'light' : 'dark';
  localStorage.setItem(key, root.dataset.theme);
});

// the development server's files change all the time
if (import.meta.env.PROD && 'serviceWorker' in navigator) {
  addEventListener('load', () => {
    // the page works without it, as where a browser forbids it
    navigator.serviceWorker.register('./offline.js').catch(() => {});
  });
}
