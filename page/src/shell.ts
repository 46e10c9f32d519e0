// The common part of all pages: the switch between light and dark (by default the page follows the system), and a service worker
// that stores the page for offline use.

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

// the files of the development server change all the time
if (import.meta.env.PROD && 'serviceWorker' in navigator) {
  addEventListener('load', () => {
    // the page works without it, for instance if the browser forbids it
    navigator.serviceWorker.register('./offline.js').catch(() => {});
  });
}
