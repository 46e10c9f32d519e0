// convnd/ndimage: filters of pictures and volumes, in the words of scipy.ndimage.

export { correlate } from './ndimage/correlate.js';
