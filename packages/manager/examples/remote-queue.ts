/** Two programs, which may be on two machines: `remote-queue.ts serve` says where it is, `remote-queue.ts work <port>` connects to it. Without arguments, it starts both. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { BaseManager, type Creator } from '@manycore/manager';
import { isMainProcess } from '@manycore/process';
import { Queue } from '@manycore/queues';

const authkey = 'take 32 random bytes of your own';
const [jobs, results] = [new Queue<number>(), new Queue<string>()];

export class QueueManager extends BaseManager {
  declare readonly jobs: Creator<() => Queue<number>>;
  declare readonly results: Creator<() => Queue<string>>;
}
QueueManager.register('jobs', { factory: () => jobs });
QueueManager.register('results', { factory: () => results });

async function serve(): Promise<void> {
  const server = new QueueManager({ address: ['127.0.0.1', 0], authkey }).getServer();
  const [, port] = await server.listen();
  for (const n of [2, 3, 4]) await jobs.put(n);
  const abort = new AbortController();
  const serving = server.serveForever({ signal: abort.signal });
  console.log(port);
  for (let i = 0; i < 3; i++) console.log(await results.get());
  abort.abort();
  await serving;
}

async function work(port: number): Promise<void> {
  const manager = await new QueueManager({ address: ['127.0.0.1', port], authkey }).connect();
  const [todo, done] = [await manager.jobs(), await manager.results()];
  for (let i = 0; i < 3; i++) {
    const n = await todo.get();
    await done.put(`${n} squared is ${n * n}`);
  }
}

if (isMainProcess) {
  const [role, port] = process.argv.slice(2);
  if (role === 'serve') await serve();
  else if (role === 'work') await work(Number(port));
  else {
    const again = (...args: string[]) => spawn(process.execPath, [...process.execArgv, process.argv[1]!, ...args], { stdio: ['inherit', 'pipe', 'inherit'] });
    const server = again('serve');
    for await (const line of createInterface(server.stdout)) {
      if (/^\d+$/.test(line)) again('work', line);
      else console.log(line);
    }
  }
}
