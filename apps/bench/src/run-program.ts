import { bench } from './bench.js';
import { UsageError } from './errors.js';
import type { Suite } from './suite.js';

/** Runs a suite as the arguments of this process say, and leaves its exit code. */
export async function runProgram(suite: Suite): Promise<void> {
  const interrupt = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interrupt.abort(new Error(`Broken off by ${name}.`)));
  try {
    process.exitCode = await bench(suite, process.argv.slice(2), interrupt.signal);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
  }
}
