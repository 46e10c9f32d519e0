// What every page has: the switch between light and dark. Without a choice the page follows the system.

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
