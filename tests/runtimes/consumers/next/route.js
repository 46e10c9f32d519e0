// A route handler.

import { run } from 'SUBJECT';

export const dynamic = 'force-dynamic';

export async function GET() {
  return Response.json(await run());
}
