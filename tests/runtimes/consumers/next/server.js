// A server component, rendered anew for every request.

import { run } from 'SUBJECT';
import { createElement } from 'react';

export const dynamic = 'force-dynamic';

export default async function Page() {
  return createElement('title', null, JSON.stringify(await run()));
}
