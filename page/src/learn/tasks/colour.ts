// Colour: the input is a grey crop of the picture; the output is compared with the crop in colour.

import { Conv2d, type Tensor, tensor } from 'convnd';
import { add, mseLoss } from 'convnd/train';
import { crops, decibels, grey, pictureOf, planesOf } from '../planes.ts';
import { filtersOf, type Lesson, type Material, relu } from './lesson.ts';

const BATCH = 4;
const SIDE = 48;

export function colour({ picture, random }: Material): Lesson {
  // dilation: the colour of a pixel depends on pixels up to 16 away
  const layers = {
    0: new Conv2d(1, 16, 5, { padding: 2 }),
    2: new Conv2d(16, 16, 3, { padding: 2, dilation: 2 }),
    4: new Conv2d(16, 16, 3, { padding: 4, dilation: 4 }),
    6: new Conv2d(16, 16, 3, { padding: 8, dilation: 8 }),
    8: new Conv2d(16, 3, 1),
  };
  const inColour = planesOf(picture);
  const inGrey = grey(inColour);
  const forward = (x: Tensor) => {
    let y: Tensor = tensor(
      x.data.map((value) => value - 0.5),
      x.shape,
    );
    for (const layer of [layers[0], layers[2], layers[4], layers[6]]) y = layer.forward(y, relu);
    return add(layers[8].forward(y), x); // the grey is added to each of red, green and blue
  };
  return {
    layers,
    loss: () => {
      const parts = crops(inColour, BATCH, SIDE, random);
      return mseLoss(forward(grey(parts)), parts);
    },
    look: () => {
      const made = forward(inGrey);
      const without = add(inGrey, tensor(new Float32Array(3), [3, 1, 1]));
      return {
        pictures: [
          { name: 'In grey', picture: pictureOf(inGrey) },
          { name: 'Coloured', picture: pictureOf(made) },
          { name: 'In colour', picture: pictureOf(inColour) },
        ],
        decibels: [decibels(made, inColour), decibels(without, inColour)],
      };
    },
    tiles: () => filtersOf(layers[0]),
  };
}
