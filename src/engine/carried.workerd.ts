// Where the module comes from in workerd, which compiles what is imported and nothing at run time.

import type { Carried } from './carried.js';
import module from './convnd.wasm';

export const carried: Carried = { module };
