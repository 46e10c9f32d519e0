// Signals: three parts, each started when it is first opened.

import '../shell.ts';
import './signals.css';
import { startSlide } from './slide/main.ts';
import { openTabs } from './tabs.ts';

openTabs({
  slide: async () => startSlide(),
  pattern: async () => (await import('./pattern/main.ts')).startPattern(),
  align: async () => (await import('./align/main.ts')).startAlign(),
});
