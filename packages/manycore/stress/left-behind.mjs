/** What a tree of processes may leave behind: processes, and files in /dev/shm or the temporary folder. */
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

const GONE_MS = 5_000;

/** Without the sockets of listeners: no campaign has any, and other programs that run at the same time may. */
export function files() {
  return ['/dev/shm', tmpdir()].flatMap((folder) => readdirSync(folder).filter((name) => name.includes('manycore') && !name.includes('listener')).map((name) => `${folder}/${name}`));
}

/** Every process that descends from `root`, by /proc. */
export function descendants(root) {
  const parents = new Map();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
    } catch {
      // It ended while we looked.
    }
  }
  const found = new Set([root]);
  for (let grew = true; grew; ) {
    grew = false;
    for (const [pid, parent] of parents) if (found.has(parent) && !found.has(pid)) grew = Boolean(found.add(pid));
  }
  found.delete(root);
  return [...found];
}

/** Still there and no zombie: a zombie waits only for whoever adopted it. */
function isRunning(pid) {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

export async function allGone(pids, what) {
  for (const deadline = performance.now() + GONE_MS; pids.some(isRunning); await sleep(2)) {
    if (performance.now() > deadline) throw new Error(`${what}: still there after ${GONE_MS} ms: ${pids.filter(isRunning).join(' ')}`);
  }
}
