// A button that copies text, and confirms it.

export function copyButton(text: () => string, label = 'Copy'): HTMLButtonElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'quiet';
  button.textContent = label;
  button.setAttribute('aria-live', 'polite');
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(text());
      button.textContent = 'Copied';
    } catch {
      button.textContent = 'The browser refused';
    }
    setTimeout(() => {
      button.textContent = label;
    }, 1500);
  });
  return button;
}
