/** A worker behind a pipe, which one of its jobs kills: the main program learns of it at once, and starts another one for the rest. */
import { type Connection, EOFError, isMainProcess, Pipe, Process } from 'manycore';

export async function parser(jobs: Connection<string, unknown>): Promise<void> {
  for await (const text of jobs) {
    if (text === 'poison') process.kill(process.pid, 'SIGKILL');
    await jobs.send(JSON.parse(text));
  }
}

function startWorker(): { worker: Process; connection: Connection<unknown, string> } {
  const [here, there] = Pipe<string, unknown>();
  const worker = new Process({ target: parser, args: [there] }).start();
  // The worker has an end of its own now. Without this one, its death is the end of file.
  there.close();
  return { worker, connection: here };
}

if (isMainProcess) {
  let { worker, connection } = startWorker();
  for (const job of ['[1,2,3]', 'poison', '{"a":1}']) {
    try {
      await connection.send(job);
      console.log(job, '→', await connection.recv());
    } catch (error) {
      if (!EOFError.isInstance(error)) throw error;
      await worker.join();
      console.log(job, `→ the worker was ended by ${worker.signalCode}`);
      ({ worker, connection } = startWorker());
    }
  }
  connection.close();
  await worker.join();
  console.log(`the last worker ended with ${worker.exitCode}`);
}
