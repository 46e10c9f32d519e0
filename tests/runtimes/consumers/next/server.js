// A server component, rendered anew for every request.

import { createElement } from 'react';
import { run } from 'SUBJECT';

export const dynamic = 'force-dynamic';

export default async function Page() {
  return createElement('title', null, JSON.stringify(await run()));
}
