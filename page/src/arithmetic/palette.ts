// The page's colours for an SVG outside of the page: as values, not as names of variables.

const names = ['ground', 'panel', 'line', 'ink', 'soft', 'accent', 'input', 'kernel', 'output'] as const;

export type Palette = Readonly<Record<(typeof names)[number], string>>;

/** The colours of the current theme. */
export function readPalette(): Palette {
  const probe = document.createElement('span');
  probe.hidden = true;
  document.body.append(probe);
  const entries = names.map((name) => {
    probe.style.color = `var(--${name})`;
    return [name, getComputedStyle(probe).color] as const;
  });
  probe.remove();
  return Object.fromEntries(entries) as Palette;
}

/** Calls back whenever the theme changes, by the switch or by the system. */
export function onThemeChange(changed: () => void): void {
  new MutationObserver(changed).observe(document.documentElement, { attributeFilter: ['data-theme'] });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', changed);
}
