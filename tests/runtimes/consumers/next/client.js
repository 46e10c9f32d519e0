'use client';

// A client component; what it finds is in the page's title once it runs in the browser.

import { run } from 'SUBJECT';
import { createElement, useEffect, useState } from 'react';

export default function Page() {
  const [title, setTitle] = useState('');
  useEffect(() => {
    run()
      .catch((error) => ({ failed: 1, details: [String(error)] }))
      .then((result) => setTitle(JSON.stringify(result)));
  }, []);
  return createElement('title', null, title);
}
