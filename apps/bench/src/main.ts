import { bench } from './bench.js';
import { UsageError } from './errors.js';

const interrupt = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interrupt.abort(new Error(`Broken off by ${name}.`)));

try {
  process.exitCode = await bench(process.argv.slice(2), interrupt.signal);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
