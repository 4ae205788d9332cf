/** Checked by the compiler alone: what must and must not compile. */
import { getContext, getStartMethod, Process, type ProcessOptions, type StartMethod } from '@manycore/process';

function work(path: string, count: number): number {
  return path.length + count;
}

export const fits: Process = new Process({ target: work, args: ['x', 1] });
// @ts-expect-error -- the second argument is no number
new Process({ target: work, args: ['x', 'y'] });
// @ts-expect-error -- an argument is missing
new Process({ target: work, args: ['x'] });
// @ts-expect-error -- there is no such start method
new Process({ target: work, args: ['x', 1], startMethod: 'fork' });
new Process({ target: work, args: ['x', 1], startMethod: 'thread', affinity: [0], resourceLimits: { maxOldGenerationSizeMb: 64 } });
const { Process: Bound } = getContext('thread');
// @ts-expect-error -- an argument of another type, by a context's class too
new Bound({ target: work, args: ['x', 'y'] });
export const bound: Process = new Bound({ target: work, args: ['x', 1] });
export const method: StartMethod = getStartMethod();
// @ts-expect-error -- it may be null
export const maybe: StartMethod = getStartMethod({ allowNone: true });
// @ts-expect-error -- a blocking wait takes no signal
fits.joinSync({ signal: AbortSignal.timeout(1) });
// @ts-expect-error -- set by the system
fits.exitCode = 1;

export class Sub extends Process {
  constructor(
    readonly url: string,
    options?: ProcessOptions,
  ) {
    super(options);
  }

  override async run(): Promise<void> {
    await super.run();
  }
}
export const list: Process[] = [fits, new Sub('x')];
