// A drop zone for a file, which can also be chosen by click or keyboard. Files can be dropped anywhere on the page.

export interface DropZone {
  readonly label: string;
  /** the `accept` of an input: 'image/*', '.nii,.gz' */
  readonly accept: string;
  readonly take: (file: File) => void;
}

interface Placed {
  readonly zone: HTMLElement;
  readonly take: (file: File) => void;
}

const placed: Placed[] = [];

/** Fills `host` with the zone. */
export function dropZone(host: HTMLElement, { label, accept, take }: DropZone): void {
  const zone = document.createElement('label');
  zone.className = 'drop';
  const input = document.createElement('input');
  input.type = 'file';
  input.accept = accept;
  input.className = 'hidden-input';
  input.addEventListener('change', () => {
    const file = input.files?.[0];
    if (file) take(file);
    input.value = ''; // so that the same file can be chosen again
  });
  zone.append(input, label);
  host.replaceChildren(zone);
  if (placed.length === 0) listen();
  placed.push({ zone, take });
}

/** The zone that receives a dropped file: the zone under it, or otherwise the first visible one. */
const under = (target: EventTarget | null): Placed | undefined =>
  placed.find(({ zone }) => zone.contains(target as Node)) ??
  placed.find(({ zone }) => zone.offsetParent !== null);

// anywhere on the page: outside of a zone, the browser would leave the page and open the file
function listen(): void {
  const light = (over?: Placed) => {
    for (const { zone } of placed) zone.classList.toggle('over', zone === over?.zone);
  };
  document.addEventListener('dragover', (event) => {
    event.preventDefault();
    light(under(event.target));
  });
  document.addEventListener('dragleave', (event) => {
    event.preventDefault();
    light();
  });
  document.addEventListener('drop', (event) => {
    event.preventDefault();
    light();
    const file = event.dataTransfer?.files[0];
    if (file) under(event.target)?.take(file);
  });
}
