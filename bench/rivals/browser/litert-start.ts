// Starts LiteRT.js in a page of browser/chromium.ts.

import { type LiteRt, loadLiteRt } from '@litertjs/core';
import { liteRtFile } from '../litert-file.js';

export const startLiteRt = async (): Promise<LiteRt> => loadLiteRt(`/litert/${await liteRtFile()}.js`);
