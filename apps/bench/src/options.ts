import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { UsageError } from './errors.js';

export interface Options {
  /** Measured rounds; one more before them, the warm-up, is thrown away. */
  readonly rounds: number;
  /** Without the warm-up round: to see that all rows work, not how fast. */
  readonly cold: boolean;
  /** Only scenarios whose id or title has this at the beginning of a word, whatever the case. */
  readonly filter: string;
  /** A tenth of the operations. */
  readonly quick: boolean;
  /** Everything a second time, on this CPU alone. */
  readonly pin?: number;
  readonly json?: string;
  readonly markdown?: string;
  readonly list: boolean;
  readonly help: boolean;
}

const ROUNDS = 7;
const QUICK_ROUNDS = 3;

export const USAGE = `Usage: node dist/main.js [options]

  --rounds N        measured rounds after one warm-up round (default ${ROUNDS}, with --quick ${QUICK_ROUNDS})
  --cold            no warm-up round: shows that all works, not how fast it is
  --filter TEXT     only scenarios with TEXT at the beginning of a word of their id or title
  --quick           a tenth of the operations
  --pin CPU         everything a second time with all processes on this one CPU (needs taskset)
  --json FILE       write all samples and figures
  --markdown FILE   write the results section; in a file that exists, between its two bench-results marks
  --list            print the scenarios and who takes part, measure nothing
  --help            print this

Environment: MANYCORE_BENCH_PYTHON names the CPythons to compare with (paths, separated as in PATH).
`;

/** @throws UsageError for an option that does not exist or a value that makes no sense. */
export function parseOptions(argv: readonly string[]): Options {
  // pnpm hands the '--' of `pnpm bench -- --quick` on.
  const values = parse(argv[0] === '--' ? argv.slice(1) : [...argv]);
  const quick = values.quick ?? false;
  return {
    quick,
    cold: values.cold ?? false,
    rounds: values.rounds === undefined ? (quick ? QUICK_ROUNDS : ROUNDS) : wholeNumber('--rounds', values.rounds, 1, 1_000),
    filter: values.filter ?? '',
    list: values.list ?? false,
    help: values.help ?? false,
    ...(values.pin === undefined ? {} : { pin: wholeNumber('--pin', values.pin, 0, availableParallelism() - 1) }),
    ...(values.json === undefined ? {} : { json: path('--json', values.json) }),
    ...(values.markdown === undefined ? {} : { markdown: path('--markdown', values.markdown) }),
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      strict: true,
      allowPositionals: false,
      options: {
        rounds: { type: 'string' },
        filter: { type: 'string' },
        quick: { type: 'boolean' },
        cold: { type: 'boolean' },
        pin: { type: 'string' },
        json: { type: 'string' },
        markdown: { type: 'string' },
        list: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${USAGE}`, { cause: error });
  }
}

function wholeNumber(option: string, text: string, least: number, most: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (value >= least && value <= most) return value;
  throw new UsageError(`${option}: '${text}' is not a whole number from ${least} to ${most}.`);
}

function path(option: string, text: string): string {
  if (text !== '') return text;
  throw new UsageError(`${option}: the file name is empty.`);
}
