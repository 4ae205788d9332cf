/** Checked by the compiler alone: what must and must not compile. */
import { Process, type ProcessOptions } from '@manycore/process';

function work(path: string, count: number): number {
  return path.length + count;
}

export const fits: Process = new Process({ target: work, args: ['x', 1] });
// @ts-expect-error -- the second argument is no number
new Process({ target: work, args: ['x', 'y'] });
// @ts-expect-error -- an argument is missing
new Process({ target: work, args: ['x'] });
// @ts-expect-error -- there is no such start method yet
new Process({ target: work, args: ['x', 1], startMethod: 'thread' });
// @ts-expect-error -- options that do not exist yet
new Process({ target: work, args: ['x', 1], affinity: [0] });
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
