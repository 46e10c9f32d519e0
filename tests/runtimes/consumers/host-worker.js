// Starts the worker that the address names, and reports what it finds.

const worker = new Worker(new URLSearchParams(location.search).get('script'), { type: 'module' });
worker.onmessage = ({ data }) => {
  document.title = JSON.stringify(data);
};
worker.onerror = (event) => {
  document.title = JSON.stringify({ failed: 1, details: [event.message ?? 'the worker did not load'] });
};
