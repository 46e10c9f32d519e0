// Inside: what the library's other parts may see of a layer and its parameters, and its users may not.
//
// JavaScript has no friends: a `#private` field is seen by its own class and by nobody else. A gradient or a stream is a function
// that takes a layer, and needs its checked options and the values of its parameters. So each class hands out one reader of its
// fields, and the readers are gathered here. Neither entry of the package exports them. `layer.weight.data` won't do instead:
// whoever reads it may write into it, so the layer compares all values before each forward from then on.

export { insideOf, type LayerInside } from './layer.js';
export { isExposed, valuesOf, writableValuesOf } from './parameter.js';
