/** Measures the private memory of Node children that do nothing. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as rest } from 'node:timers/promises';
import type { PoolWork } from '../scenario/pool-work.js';
import { meanPrivateBytes } from './private-memory.js';
import { now, orderedWork, report } from './protocol.js';

const IDLE = "require('node:fs').writeSync(1, 'up'); setInterval(() => {}, 1e9)";

const work = orderedWork() as PoolWork;
const start = now();
const children = Array.from({ length: work.workers }, () => spawn(process.execPath, ['-e', IDLE], { stdio: ['ignore', 'pipe', 'inherit'] }));
await Promise.all(children.map((child) => once(child.stdout, 'data')));
const elapsed = now() - start;
await rest(work.pauseMs);
const bytes = meanPrivateBytes(children.map(({ pid }) => pid as number));
await Promise.all(children.map(end));
report(work, elapsed, { checked: children.length }, { bytes });

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
