// Slide and sum: a kernel slides over a signal, as it is and reversed, with the products, their sum, and the lags.

import { copyButton } from '../../copy.ts';
import { find } from '../../find.ts';
import { shown } from '../../numbers.ts';
import { Player } from '../../player.ts';
import { draw } from './draw.ts';
import { kinds, type Mode, Model, modes, type Values } from './model.ts';
import { pairs } from './presets.ts';
import { Sketch } from './sketch.ts';
import { convndCode, peakInWords, scipyCode, stepInWords } from './words.ts';

export function startSlide(): void {
  const stage = find('stage');
  const select = find<HTMLSelectElement>('pair');
  let pair = pairs[0];
  let model = new Model(pair.signal, pair.kernel);
  let mode: Mode = 'full';
  const player = new Player(show);

  function show(step: number): void {
    for (const kind of kinds) {
      const host = find(`stage-${kind}`);
      if (host.clientWidth > 0) host.innerHTML = draw(model, kind, step, mode, host.clientWidth);
      // announced to screen readers when the visitor steps, but not while it plays
      find(`words-${kind}`).setAttribute('aria-live', player.playing ? 'off' : 'polite');
      find(`words-${kind}`).textContent = stepInWords(model, kind, step);
    }
  }

  /** Applies two signals. */
  function load(signal: Values, kernel: Values, step?: number): void {
    model = new Model(signal, kernel);
    find('peak').textContent = peakInWords(model);
    describe();
    player.load(model.steps, step ?? model.peak.step);
  }

  /** Updates what depends on the mode, besides the picture. */
  function describe(): void {
    find('code-convnd').textContent = convndCode(model, mode);
    find('code-scipy').textContent = scipyCode(model, mode);
    const rows = modes.map((name) => {
      const { first, count } = model.range(name);
      const row = document.createElement('tr');
      if (name === mode) row.className = 'chosen';
      const cells = [name, count, `${shown(model.lags[first])} to ${shown(model.lags[first + count - 1])}`];
      row.append(
        ...cells.map((content, i) => {
          const cell = document.createElement(i === 0 ? 'th' : 'td');
          if (i === 0) cell.setAttribute('scope', 'row');
          else cell.className = 'number';
          cell.textContent = String(content);
          return cell;
        }),
      );
      return row;
    });
    find('ranges').replaceChildren(...rows);
  }

  const drawn = (values: { signal?: Values; kernel?: Values }) => {
    player.stop();
    select.value = '-1';
    find('about').textContent = 'Your own signals.';
    load(values.signal ?? model.signal, values.kernel ?? model.kernel, player.step);
  };
  const signalPad = new Sketch(find('signal'), 'Signal', (signal) => drawn({ signal }));
  const kernelPad = new Sketch(find('kernel'), 'Kernel', (kernel) => drawn({ kernel }));

  function choose(): void {
    const chosen = pairs[Number(select.value)];
    if (!chosen) return;
    pair = chosen;
    const { signal, kernel, most, step, about } = pair;
    const signed = [...signal, ...kernel].some((value) => value < 0);
    signalPad.show(signal, most, step, signed);
    kernelPad.show(kernel, most, step, signed);
    find('signal-size').textContent = `${signal.length} samples`;
    find('kernel-size').textContent = `${kernel.length} samples`;
    find('about').textContent = about;
    player.stop();
    load(signal, kernel);
  }

  select.append(...pairs.map(({ name }, i) => new Option(name, String(i))), new Option('your own', '-1'));
  select.addEventListener('change', choose);
  find('clear').addEventListener('click', () => {
    const signal = new Float32Array(pair.signal.length);
    signalPad.show(signal, pair.most, pair.step, true);
    drawn({ signal });
  });
  find('mode').addEventListener('change', ({ target }) => {
    mode = (target as HTMLSelectElement).value as Mode;
    describe();
    show(player.step);
  });
  find('copy-convnd').append(copyButton(() => find('code-convnd').textContent ?? ''));
  find('copy-scipy').append(copyButton(() => find('code-scipy').textContent ?? ''));

  // the kernel follows the pointer, in whole samples
  let grip: { readonly x: number; readonly step: number } | undefined;
  stage.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    stage.setPointerCapture(event.pointerId);
    grip = { x: event.clientX, step: player.step };
  });
  stage.addEventListener('pointermove', (event) => {
    if (!grip || !(event.buttons & 1)) return;
    const cell = find('stage-correlation').clientWidth / (model.signal.length + 2 * model.overhang);
    const step = grip.step + Math.round((event.clientX - grip.x) / cell);
    const within = Math.min(model.steps - 1, Math.max(0, step));
    if (within !== player.step) player.go(within);
  });
  stage.addEventListener('pointerup', () => {
    grip = undefined;
  });
  new ResizeObserver(() => show(player.step)).observe(stage);

  choose();
}
