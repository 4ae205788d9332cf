/** How a Process object looks in logs; the same words as CPython's. */

export interface Portrait {
  readonly className: string;
  readonly name: string;
  readonly daemon: boolean;
  /** Of the process that made the object. */
  readonly parentPid: number | undefined;
  readonly pid: number | null;
  readonly status: 'initial' | 'started' | 'stopped' | 'closed';
  readonly exitCode: number | null;
  readonly signalCode: NodeJS.Signals | null;
}

/** `<Process name='Process-1' pid=12 parent=10 stopped exitcode=-SIGTERM daemon>` */
export function describeProcess({ className, name, daemon, parentPid, pid, status, exitCode, signalCode }: Portrait): string {
  const words = [className, `name='${name}'`];
  if (pid !== null) words.push(`pid=${pid}`);
  if (parentPid !== undefined) words.push(`parent=${parentPid}`);
  words.push(status);
  if (exitCode !== null) words.push(`exitcode=${signalCode === null ? exitCode : `-${signalCode}`}`);
  if (daemon) words.push('daemon');
  return `<${words.join(' ')}>`;
}
