// Runs in a page; the page's title is its report, for browsers that are driven in different ways.

import { run } from 'SUBJECT';

run()
  .catch((error) => ({ failed: 1, details: [String(error)] }))
  .then((result) => {
    document.title = JSON.stringify(result);
  });
