// Recognises files that are opened as safetensors by mistake, by their first bytes.

import { describe } from '../core/errors.js';

/** The size in bytes of the header length at the start of a safetensors file. */
export const lengthBytes = 8;

/** Says that a file is of `torch.save`, the most common mistake, and how to convert it; undefined for other files. */
export function pickleIn(file: Uint8Array): string | undefined {
  const zip = file[0] === 0x50 && file[1] === 0x4b; // 'PK'
  const pickle = file[0] === 0x80 && file[1] >= 2 && file[1] <= 5;
  if ((!zip && !pickle) || file[lengthBytes] === 0x7b) return undefined; // '{': a header whose length looks like a magic number
  return (
    'this is a PyTorch pickle (.pt, .pth, .bin), which can run code when opened; convert it once, in Python:\n' +
    '  import torch; from safetensors.torch import save_file\n' +
    "  state = torch.load('model.pt', map_location='cpu', weights_only=True)  # of a training checkpoint: its ['state_dict'] or ['model']\n" +
    "  save_file({name: value.contiguous().clone() for name, value in state.items()}, 'model.safetensors')"
  );
}

/** Describes a text file, whose first characters read as an enormous header length; undefined for other files. */
export function textIn(file: Uint8Array): string | undefined {
  const text = String.fromCharCode(...file.subarray(0, 40));
  if (!/^(\xef\xbb\xbf)?[\t\n\r -~]{5}/.test(text)) return undefined;
  const kinds: [RegExp, string][] = [
    [/^\W*</, 'an HTML page: was the address right, and does it ask for a login?'],
    [/^\W*[{[]/, 'JSON; if it is model.safetensors.index.json, load the files that it names'],
    [/git-lfs/, 'a pointer of git LFS; fetch the file itself (git lfs pull)'],
  ];
  const kind = kinds.find(([pattern]) => pattern.test(text))?.[1] ?? `text: ${describe(text)}`;
  return `this is ${kind}`;
}
