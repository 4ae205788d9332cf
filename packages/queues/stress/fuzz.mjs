/**
 * Damage: messages of the codec and the memory of queues, changed at random. Nothing in them may crash, hang, allocate out of proportion, or reach outside of a ring's memory; what comes
 * out is a value or an error of ours.
 *
 * node fuzz.mjs [--seconds 15] [--seed N] [--part codec|ring [--case K]]
 *
 * The cases run in processes of their own (fuzz-part.mjs), one after the other, each case from the seed and its number alone, so that `--part P --seed N --case K` repeats one.
 * This process watches: a case that takes two seconds of processor time, or does not end within twenty on the clock, is a hang. (Two seconds on the clock are nothing on a busy machine.)
 */
import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const PART = fileURLToPath(new URL('./fuzz-part.mjs', import.meta.url));
const HANG_CPU_MS = 2000;
const HANG_MS = 20_000;
const LOOK_MS = 100;
/** The kernel counts processor time in these. */
const TICK_MS = 10;

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '15' }, seed: { type: 'string' }, part: { type: 'string' }, case: { type: 'string' } },
});
const seed = Number(values.seed ?? process.env.MANYCORE_TEST_SEED ?? Date.now() % 1e6);
const parts = values.part === undefined ? ['codec', 'ring'] : [values.part];
console.log(`seed ${seed}`);

/** The number of the case a part is at, which it writes into a file: it survives whatever the part dies of. */
function openProgress() {
  const folder = mkdtempSync(join(tmpdir(), 'fuzz-'));
  const fd = openSync(join(folder, 'case'), 'w+');
  rmSync(folder, { recursive: true });
  const bytes = Buffer.alloc(8);
  return { fd, read: () => (readSync(fd, bytes, 0, 8, 0) === 8 ? bytes.readDoubleLE() : -1) };
}

/** Processor time of a child so far; 0 when it has ended. */
function cpuMs(pid) {
  try {
    const [user, system] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ').slice(11, 13);
    return (Number(user) + Number(system)) * TICK_MS;
  } catch (error) {
    if (error.code !== 'ENOENT' && error.code !== 'ESRCH') throw error;
    return 0;
  }
}

/** Runs one part; what went wrong, or undefined. */
async function run(part, seconds) {
  const progress = openProgress();
  const only = values.case === undefined ? [] : ['--case', values.case];
  const child = spawn(process.execPath, ['--expose-gc', PART, '--part', part, '--seed', String(seed), '--seconds', String(seconds), ...only], { stdio: ['ignore', 'inherit', 'inherit', progress.fd] });
  let hung = false;
  let last = -1;
  let since = { clock: performance.now(), cpu: 0 };
  const watch = setInterval(() => {
    const at = progress.read();
    const now = { clock: performance.now(), cpu: cpuMs(child.pid) };
    if (at !== last) {
      last = at;
      since = now;
    } else if (now.clock - since.clock > HANG_MS || (at >= 0 && now.cpu - since.cpu > HANG_CPU_MS)) {
      hung = true;
      child.kill('SIGKILL');
    }
  }, LOOK_MS);
  const [code, signal] = await new Promise((resolve) => child.on('close', (...ended) => resolve(ended)));
  clearInterval(watch);
  const at = progress.read();
  closeSync(progress.fd);
  if (code === 0) return undefined;
  const what = hung ? 'does not end' : signal === null ? 'failed' : `ended the process with ${signal}`;
  return `${part}: case ${at} ${what}; repeat it with: node ${process.argv[1]} --part ${part} --seed ${seed} --case ${at}`;
}

for (const part of parts) {
  const failure = await run(part, Number(values.seconds) / parts.length);
  if (failure !== undefined) {
    console.error(failure);
    process.exit(1);
  }
}
