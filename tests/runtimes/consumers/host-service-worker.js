// Registers the service worker that the address names, asks it, and reports what it finds.

const { serviceWorker } = navigator;

serviceWorker.onmessage = ({ data }) => {
  document.title = JSON.stringify(data);
};
serviceWorker
  .register(new URLSearchParams(location.search).get('script'))
  .then((registration) => {
    const worker = registration.installing ?? registration.waiting ?? registration.active;
    const ask = () => worker.state === 'activated' && worker.postMessage('run');
    worker.addEventListener('statechange', ask);
    ask();
  })
  .catch((error) => {
    document.title = JSON.stringify({ failed: 1, details: [String(error)] });
  });
