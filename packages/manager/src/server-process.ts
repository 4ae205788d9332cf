/** The process of a manager's server, as the program that started it sees it. */
import { nameClass, nameTarget } from '@manycore/core/internal';
import type { WaitOptions } from '@manycore/core';
import { Process } from '@manycore/process';
import { Pipe, type Address } from '@manycore/queues';
import { ManagerError } from './errors.js';
import type { ManagerSettings } from './manager-options.js';
import { ownNameOf } from './server/own-classes.js';
import { serveManager, type ServerReport, type ServerSetup } from './server/program.js';

/** Options of `start`. */
export interface StartOptions {
  /** Called in the server before anything else; named as the target of a Process. */
  initializer?: ((...args: never[]) => unknown) | undefined;
  /** Its arguments. */
  initArgs?: readonly unknown[] | undefined;
}

export class ServerProcess {
  private constructor(
    readonly process: Process,
    readonly address: Address,
  ) {}

  /** Resolves once it serves. @throws what the initializer, the module of the manager's class or the system failed with; then there is no process. */
  static async start(manager: Function, name: string, { shutdownMs: _, startMethod, ...settings }: ManagerSettings, { initializer, initArgs = [] }: StartOptions): Promise<ServerProcess> {
    const call = `${name}.start()`;
    if (initializer !== undefined && typeof initializer !== 'function') throw new TypeError(`${call}: initializer must be a function.`);
    if (!Array.isArray(initArgs)) throw new TypeError(`${call}: initArgs must be an array.`);
    const setup: ServerSetup = {
      ...settings,
      manager: ownNameOf(manager) ?? nameClass(manager, call),
      initializer: initializer === undefined ? undefined : nameTarget(initializer, `${call}: initializer`),
      initArgs,
    };
    const [report, reporting] = Pipe<never, ServerReport>();
    const child = new Process({ target: serveManager, args: [setup, reporting] as never, daemon: true, startMethod });
    child.name = child.name.replace(/^Process/, name);
    try {
      child.start();
    } finally {
      reporting.close();
    }
    let said: ServerReport;
    try {
      said = (await report.recv());
    } catch (cause) {
      // It ended before it could say anything.
      await child.join();
      throw new ManagerError(`${call}: the server's process ended before it was ready (${endOf(child)}).`, { cause: child.error ?? cause });
    } finally {
      report.close();
    }
    const [address] = said;
    if (address !== undefined) return new ServerProcess(child, address);
    await child.join();
    throw said[1];
  }

  /** How it ended, for messages; undefined while it runs. */
  describeEnd(): string {
    return this.process.isAlive() ? 'it has closed the connection' : `it ended (${endOf(this.process)})`;
  }

  async join(options?: WaitOptions): Promise<void> {
    await this.process.join(options);
  }

  /** Waits for its end; after each time that passes, by force. */
  async end(timeout: number): Promise<void> {
    await this.process.join({ timeout });
    if (!this.process.isAlive()) return;
    this.process.terminate();
    await this.process.join({ timeout });
    if (!this.process.isAlive()) return;
    this.process.kill();
    await this.process.join();
  }
}

const endOf = ({ exitCode, signalCode }: Process): string => (signalCode === null ? `exit code ${exitCode}` : `signal ${signalCode}`);
