// Runs a benchmark as a command: a wrong argument prints a message instead of a stack trace.

export async function command(main: () => void | Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (!(error instanceof RangeError) && !code?.startsWith('ERR_PARSE_ARGS')) throw error;
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}
