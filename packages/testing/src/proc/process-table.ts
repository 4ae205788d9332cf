import { readFileSync, readdirSync, readlinkSync } from 'node:fs';

/** Names one process for ever; a pid alone is used again. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks since boot. */
  readonly startTime: number;
}

/** Facts about one process, as Linux tells them under `/proc`. */
export interface ProcessFacts extends ProcessIdentity {
  readonly parentPid: number;
  /** One letter: R running, S sleeping, D in the kernel, T stopped, Z dead and not reaped. */
  readonly state: string;
  readonly threads: number;
  /** Clock ticks of CPU used so far. */
  readonly cpuTicks: number;
  readonly commandLine: string;
}

/** The process, or undefined when there is none of that pid any more. */
export function readProcess(pid: number): ProcessFacts | undefined {
  const stat = readProc(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // The name in parentheses may itself hold spaces and parentheses; fields are counted after the last one (proc(5)).
  const nameEnd = stat.lastIndexOf(')');
  const fields = stat.slice(nameEnd + 2).split(' ');
  const field = (position: number): number => Number(fields[position - 3]);
  const command = readProc(`/proc/${pid}/cmdline`)?.split('\0').join(' ').trim();
  return {
    pid,
    parentPid: field(4),
    state: fields[0] as string,
    startTime: field(22),
    threads: field(20),
    cpuTicks: field(14) + field(15),
    commandLine: command ? command : `[${stat.slice(stat.indexOf('(') + 1, nameEnd)}]`,
  };
}

/** Every process there is. */
export function allProcesses(): ProcessFacts[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map((pid) => readProcess(Number(pid))).filter((facts) => facts !== undefined);
}

/** Whether this very process is still there; a dead one that waits to be reaped is not. */
export function isRunning({ pid, startTime }: ProcessIdentity): boolean {
  const now = readProcess(pid);
  return now !== undefined && now.startTime === startTime && now.state !== 'Z';
}

/** The environment variable `name` a process was started with. */
export function startingEnvironment(pid: number, name: string): string | undefined {
  const entries = readProc(`/proc/${pid}/environ`)?.split('\0') ?? [];
  return entries.find((entry) => entry.startsWith(`${name}=`))?.slice(name.length + 1);
}

/** Where in the kernel the process sleeps; empty when it does not or the kernel does not say. */
export function kernelWaitChannel(pid: number): string {
  const channel = readProc(`/proc/${pid}/wchan`) ?? '';
  return channel === '0' ? '' : channel;
}

/** What each open file descriptor of a process points at. */
export function openDescriptors(pid: number | 'self'): Map<number, string> {
  const descriptors = new Map<number, string>();
  const folder = `/proc/${pid}/fd`;
  for (const name of ifThere(() => readdirSync(folder)) ?? []) {
    const target = ifThere(() => readlinkSync(`${folder}/${name}`));
    if (target !== undefined) descriptors.set(Number(name), target);
  }
  return descriptors;
}

/** Lines of `/proc/<pid>/maps`. */
export function memoryMappings(pid: number | 'self'): string[] {
  return readProc(`/proc/${pid}/maps`)?.split('\n') ?? [];
}

const readProc = (path: string): string | undefined => ifThere(() => readFileSync(path, 'utf8'));

const GONE = new Set(['ENOENT', 'ESRCH']);
const NOT_OURS = new Set(['EACCES', 'EPERM']);

/** A process may end between two looks at it, and those of other users are closed to us: both mean "nothing to see". */
function ifThere<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (GONE.has(code) || NOT_OURS.has(code)) return undefined;
    throw error;
  }
}
