/** What the server's process runs: loads the manager's class, whose types it has then, and serves until it is told to end. */
import { task } from '@manycore/core';
import { identity, native, resolveClass, resolveTarget, setIdentity, type ExportName, type TargetName } from '@manycore/core/internal';
import type { Address, Connection } from '@manycore/queues';
import { registryOf } from '../manager-types.js';
import { ownClass, type OwnClassName } from './own-classes.js';
import type { RunningServer, ServerOptions } from './server.js';

export interface ServerSetup extends Pick<ServerOptions, 'address' | 'allowRemote' | 'maxMessageBytes' | 'authkey'> {
  readonly manager: ExportName | OwnClassName;
  readonly initializer: TargetName | undefined;
  readonly initArgs: readonly unknown[];
}

/** What the process says once it serves, or why it does not. */
export type ServerReport = readonly [address: Address] | readonly [address: undefined, error: unknown];

export const serveManager = task(import.meta, 'serveManager', async (setup: ServerSetup, report: Connection<never, ServerReport>): Promise<void> => {
  // Ctrl-C in a terminal is for the program, which ends the server when it is done.
  if (native().isMainThread) process.on('SIGINT', () => undefined);
  // It ends with its parent, as a daemonic process, but pools among its objects have processes.
  setIdentity({ ...identity(), daemon: false });
  let server: RunningServer;
  try {
    const manager = typeof setup.manager === 'string' ? ownClass(setup.manager) : await resolveClass(setup.manager);
    if (setup.initializer !== undefined) await Reflect.apply(await resolveTarget(setup.initializer), undefined, setup.initArgs);
    const { RunningServer } = await import('./server.js');
    server = await RunningServer.open({ ...setup, registry: registryOf(manager) });
  } catch (error) {
    await report.send([undefined, error]);
    report.close();
    return;
  }
  await report.send([server.address]);
  report.close();
  await server.ended;
});
