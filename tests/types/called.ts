// The first line that somebody who comes from torch types: tests/package/programs.test.ts looks at what the compiler says.

import { Conv2d } from 'convnd';

const conv = new Conv2d(1, 1, 1);
console.log(conv([[[1]]]));
