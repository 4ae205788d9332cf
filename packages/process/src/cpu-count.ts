/** How many CPUs there are, and how many this process may use. */
import { availableParallelism, cpus } from 'node:os';
import { readFileSync } from 'node:fs';

/** CPUs of the machine. @see Python `multiprocessing.cpu_count()`. Differs: no environment variable overrides it. */
export function cpuCount(): number {
  // Where /proc is hidden the list is empty.
  return cpus().length || availableParallelism();
}

/**
 * CPUs that this process can really use: those it may run on, and no more than the quota of its control group allows, rounded up; at least
 * 1. Asked anew at each call.
 *
 * @see Python `os.process_cpu_count()`. Differs: honours container quotas.
 */
export function processCpuCount(): number {
  return Math.max(1, Math.min(affinity(), Math.ceil(cgroupQuota(read))));
}

type ReadText = (file: string) => string | undefined;

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // No such controller, version of control groups, or /proc: then it limits nothing.
    return undefined;
  }
}

function affinity(): number {
  const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(read('/proc/thread-self/status') ?? '')?.[1];
  return list === undefined ? availableParallelism() : countList(list);
}

/** `0-3,8` is five. */
export function countList(list: string): number {
  return list.split(',').reduce((sum, range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return sum + last - first + 1;
  }, 0);
}

/** CPUs' worth of time that the control groups of this process allow, each on the way to the root; Infinity without a limit. */
export function cgroupQuota(readText: ReadText): number {
  let quota = Infinity;
  for (const line of (readText('/proc/self/cgroup') ?? '').split('\n')) {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (controllers === undefined || path === undefined) continue;
    const isUnified = controllers === '';
    if (!isUnified && !controllers.split(',').includes('cpu')) continue;
    // Inside a container the path may be the host's, which is not mounted there; its root then is the container's own group.
    for (const group of ancestors(path))
      quota = Math.min(quota, isUnified ? unified(group, readText) : legacy(controllers, group, readText));
  }
  return quota;
}

function* ancestors(path: string): Generator<string> {
  const parts = path.split('/').filter((part) => part !== '');
  for (let length = parts.length; length >= 0; length--)
    yield parts
      .slice(0, length)
      .map((part) => `/${part}`)
      .join('');
}

/** Version 2: `cpu.max` is `200000 100000`, or `max 100000`. */
function unified(group: string, readText: ReadText): number {
  const [quota, period] = (readText(`/sys/fs/cgroup${group}/cpu.max`) ?? '').trim().split(' ').map(Number);
  return share(quota, period);
}

/** Version 1: a quota of -1 is none. */
function legacy(controllers: string, group: string, readText: ReadText): number {
  const folder = `/sys/fs/cgroup/${controllers}${group}`;
  return share(Number(readText(`${folder}/cpu.cfs_quota_us`)), Number(readText(`${folder}/cpu.cfs_period_us`)));
}

function share(quota = NaN, period = NaN): number {
  return quota > 0 && period > 0 ? quota / period : Infinity;
}
