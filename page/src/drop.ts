// A place for a file: it may be chosen there by click or keyboard, or dropped anywhere on the page.

export interface DropZone {
  readonly label: string;
  /** as of an input: 'image/*', '.nii,.gz' */
  readonly accept: string;
  readonly take: (file: File) => void;
}

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
    input.value = ''; // the same file may be chosen again
  });
  zone.append(input, label);
  host.replaceChildren(zone);

  const over = (on: boolean) => (event: DragEvent) => {
    event.preventDefault();
    zone.classList.toggle('over', on);
  };
  // anywhere: beside the zone the browser would leave the page and open the file
  document.addEventListener('dragover', over(true));
  document.addEventListener('dragleave', over(false));
  document.addEventListener('drop', (event) => {
    over(false)(event);
    const file = event.dataTransfer?.files[0];
    if (file) take(file);
  });
}
