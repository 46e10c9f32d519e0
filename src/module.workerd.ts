// Where the module comes from in workerd, which compiles what is imported and nothing at run time.

import module from './convnd.wasm';
import type { Carried } from './module.js';

export const carried: Carried = { module };
