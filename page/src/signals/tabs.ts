// The parts of a view as tabs; the address names the open one.

import { find } from '../find.ts';

/** @param starts the functions that start a part when it is first opened, by the id of its panel, in the order of the tabs */
export function openTabs(starts: Readonly<Record<string, () => Promise<void>>>): void {
  const names = Object.keys(starts);
  const started = new Set<string>();
  const tab = (name: string) => find<HTMLButtonElement>(`tab-${name}`);

  function open(name: string): void {
    for (const other of names) {
      const chosen = other === name;
      tab(other).setAttribute('aria-selected', String(chosen));
      tab(other).tabIndex = chosen ? 0 : -1;
      find(other).hidden = !chosen;
    }
    if (started.has(name)) return;
    started.add(name);
    starts[name]().catch((error: Error) => {
      find(`${name}-error`).textContent = error.message;
    });
  }

  const fromAddress = () => names.find((name) => location.hash === `#${name}`) ?? names[0];
  for (const [i, name] of names.entries()) {
    const choose = (chosen: string) => {
      history.replaceState(null, '', `#${chosen}`);
      open(chosen);
    };
    tab(name).addEventListener('click', () => choose(name));
    tab(name).addEventListener('keydown', ({ key }) => {
      const way = { ArrowLeft: -1, ArrowRight: 1 }[key];
      if (!way) return;
      const next = names[(i + way + names.length) % names.length];
      choose(next);
      tab(next).focus();
    });
  }
  addEventListener('hashchange', () => open(fromAddress()));
  open(fromAddress());
}
