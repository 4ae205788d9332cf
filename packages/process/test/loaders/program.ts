/** A program in TypeScript that hands over functions in every way there is, written as a runner wants it, and what it prints. */

export interface Dialect {
  /** What imports of other modules of the program end in. */
  readonly ending: '' | '.js' | '.ts';
  readonly format?: 'esm' | 'commonjs';
  /** Whether enums are compiled, not only types removed. */
  readonly compiles?: boolean;
  /** Only what depends on how the loader was given. */
  readonly brief?: boolean;
  /** Whether threads have the loader, too. */
  readonly threads?: boolean;
}

export interface Program {
  readonly files: Readonly<Record<string, string>>;
  /** Without order: a child's lines and its parent's come over one pipe each. */
  readonly lines: readonly string[];
}

export function program({ ending, format = 'esm', compiles = true, brief = false, threads = true }: Dialect): Program {
  const self = format === 'esm' ? 'import.meta' : '{ url: pathToFileURL(__filename).href }';
  const url = (name: string): string => (format === 'esm' ? `new URL('./${name}', import.meta.url)` : `pathToFileURL(require.resolve('./${name}'))`);
  const level = compiles ? 'export enum Level { Low = 3, High = 5 }' : 'export const Level = { Low: 3, High: 5 } as const;';
  const needed = format === 'esm' ? '' : `import { pathToFileURL } from 'node:url';\n`;
  const start = format === 'esm' ? 'await main();' : 'void main();';
  const tasks = `${needed}import { isMainProcess, Process } from '@manycore/process';
import { task } from '@manycore/core';
import type { Job } from './job${ending}';
import { scale } from './scale${ending}';

export function exported({ n }: Job): void {
  console.log(\`exported \${scale(n) satisfies number}, main \${isMainProcess}\`);
}

export const declared = task(${self}, 'declared', ({ n }: Job): void => console.log(\`declared \${scale(n)}\`));

export class Tool {
  static use<T extends Job>(job: T): void {
    console.log(\`static \${scale(job.n)}\`);
  }
}

export class Crew extends Process {
  jobs: Job[];
  constructor(jobs: Job[]) {
    super({ stdio: ['ignore', 'inherit', 'ignore'] });
    this.jobs = jobs;
  }
  override async run(): Promise<void> {
    console.log(\`run \${this.jobs.map(({ n }) => scale(n)).join()}\`);
    fails(this.jobs[0]!);
  }
}

export const scaled = async (n: number): Promise<number> => scale(n);

export function fails(job: Job): never {
  throw new RangeError(\`no job \${job.n!}\`);
}
`;
  // A child under a loader takes up to seconds to boot: one worker for all ways, and a process that shows several things.
  const ways = ['exported 10, main false', 'exported 10, main false', 'plain 10', 'declared 10', 'static 10', 'inline 4', 'scaled 5,10'];
  const inMain = { code: `await ended('main', new Process({ target: inMain, args: [job] }));`, lines: ['in main 2, main false', 'main: exit 0'] };
  const thread = { code: `await ended('thread', new Process({ target: inMain, args: [job], startMethod: 'thread' }));`, lines: ['in main 2, main false', 'thread: exit 0'] };
  const all = [
    { code: `await ended('nests', new Process({ target: nests, args: [job] }));`, lines: ['exported 10, main false', 'nested exit 0', 'nests: exit 0'] },
    thread,
    {
      code: `const { error } = await ended('class', new Crew([job, { n: 1 }]));
  console.log(error instanceof RangeError, placeOf(error) === placeOf(await failure(job)), placeOf(error)?.split(':')[0]);`,
      lines: ['run 10,5', 'class: exit 1 no job 2', 'true true tasks.ts'],
    },
    { code: `await inEveryWay(new Pool(1), job);`, lines: ways },
    { code: `await inEveryWay(new ThreadPool(1), job);`, lines: ways },
  ];
  const steps = !brief ? all : threads ? [inMain, thread] : [inMain];
  const files = {
    'job.ts': 'export interface Job {\n  n: number;\n}\n',
    'level.ts': `${level}\n`,
    'scale.ts': `import { Level } from './level${ending}';\nexport const scale = (n: number): number => n * Level.High;\n`,
    'plain.ts': `import { scale } from './scale${ending}';\nexport function plain(n: number): void {\n  console.log(\`plain \${scale(n)}\`);\n}\n`,
    'tasks.ts': tasks,
    'main.ts': `${needed}import { isMainProcess, Pool, Process, ThreadPool } from '@manycore/process';
import { functionRef, inline } from '@manycore/core';
import type { Job } from './job${ending}';
import { plain } from './plain${ending}';
import { Crew, declared, exported, fails, scaled, Tool } from './tasks${ending}';

export function inMain({ n }: Job): void {
  console.log(\`in main \${n}, main \${isMainProcess}\`);
}

export async function nests(job: Job): Promise<void> {
  const child = new Process({ target: exported, args: [job] }).start();
  await child.join();
  console.log(\`nested exit \${child.exitCode}\`);
}

/** The line that the runner gives an error: not every one maps it to the source. */
const placeOf = (error: unknown): string | undefined => /tasks\\.ts:\\d+/.exec((error as Error | null)?.stack ?? '')?.[0];
const failure = async (job: Job): Promise<unknown> => {
  try {
    return fails(job);
  } catch (error) {
    return error;
  }
};

async function ended(what: string, child: Process<never[]> | Process<any>): Promise<Process<any>> {
  await child.start().join();
  console.log(\`\${what}: exit \${child.exitCode}\${child.error === null ? '' : ' ' + child.error.message}\`);
  return child;
}

async function inEveryWay(pool: Pool, job: Job): Promise<void> {
  await pool.apply(exported, [job]);
  await pool.apply(functionRef<(job: Job) => void>(${url('tasks.ts')}, 'exported'), [job]);
  await pool.apply(plain, [2]);
  await pool.apply(declared, [job]);
  await pool.apply(Tool.use<Job>, [job]);
  await pool.apply(inline((n: number): void => console.log(\`inline \${n as number}\`)), [4]);
  console.log('scaled', (await pool.map(scaled, [1, 2])).join());
  await pool.terminate();
}

async function main(): Promise<void> {
  const job: Job = { n: 2 };
${steps.map(({ code }) => `  ${code}\n`).join('')}  const other = 7;
  const hidden = (): void => console.log(other);
  try {
    new Process({ target: hidden });
  } catch (refusal) {
    console.log((refusal as Error).name, /main\\.ts:\\d+/.exec((refusal as Error).message)?.[0]);
  }
}

if (isMainProcess) {
  ${start}
}
`,
  };
  const hidden = files['main.ts'].slice(0, files['main.ts'].indexOf('const hidden')).split('\n').length;
  return { files, lines: [...steps.flatMap(({ lines }) => lines), `TargetError main.ts:${hidden}`] };
}
