'use client';
// A client component; what it finds is in the page's title once it runs in the browser.

import { createElement, useEffect, useState } from 'react';
import { run } from 'SUBJECT';

export default function Page() {
  const [title, setTitle] = useState('');
  useEffect(() => {
    run()
      .catch((error) => ({ failed: 1, details: [String(error)] }))
      .then((result) => setTitle(JSON.stringify(result)));
  }, []);
  return createElement('title', null, title);
}
