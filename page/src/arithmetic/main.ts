import '../shell.ts';
