// Runs in workerd, for every request.

import { run } from 'SUBJECT';

export default { fetch: async () => Response.json(await run()) };
