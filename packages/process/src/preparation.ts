/**
 * What a child is told first, in three parts: the head, which it needs before any code of the user's is loaded and reads without the codec;
 * an inline target with its captures; and the input, which may need what the target's module registers and so is read after that was
 * imported.
 *
 * Everything goes through shared memory, which only the processes of this tree can read: the authkey must be in no argument list and no
 * environment.
 */
import {
  encode,
  identity,
  mainScriptUrl,
  type BlockRef,
  type Encoded,
  type ExportName,
  type Identity,
  type TargetName,
} from '@manycore/core/internal';
import type { StartMethod } from './start/method.js';

/** Bumped with any change of a part: parent and child may have loaded different versions of this package. */
export const PREPARATION_VERSION = 3;

export interface Head {
  readonly version: number;
  readonly name: string;
  readonly path: readonly number[];
  readonly daemon: boolean;
  readonly parent: { readonly pid: number; readonly name: string };
  /** Base64. */
  readonly authkey: string;
  /** URL of the program's main script; absent in a REPL and under `node -e`. */
  readonly mainScript?: string;
  /** `process.argv` of the program from the main script on. */
  readonly argv: readonly string[];
  /** How it is started, and so how it starts its own. */
  readonly startMethod: StartMethod;
  /** For a standby, which waits for another preparation. */
  readonly standby?: StandbyOrder;
  /** Absent when it is inline, or when there is none. */
  readonly target?: ExportName;
  /** Of a subclass that overrides `run`. */
  readonly className?: ExportName;
  /**
   * All there is to the input, when the arguments are so plain: then there is no need for the codec, which many a child would load for
   * nothing else.
   */
  readonly plainArgs?: readonly Plain[];
}

/** What a process that is booted ahead does until it is needed. */
export interface StandbyOrder {
  /** Whether it may become the worker of a pool. */
  readonly isForPools: boolean;
  /** Modules to import: URLs, and names of packages. */
  readonly preload: readonly string[];
  /** File or folder, with a slash at its end, from where names of packages are looked up. */
  readonly base: string;
  /** Whether modules that cannot be imported are told of. */
  readonly isLoud: boolean;
}

/** What JSON keeps as it is. */
export type Plain = string | number | boolean | null;

/**
 * What the target is given: its arguments, and behind them the own properties of the instance (undefined unless a subclass is to be
 * rebuilt).
 */
export type Input = readonly [...args: unknown[], fields: Record<string, unknown> | undefined];

/** A message that stays valid; the codec's own is overwritten by the next. */
export interface Part {
  readonly bytes: Uint8Array;
  readonly length: number;
  readonly refs: readonly BlockRef[];
}

export interface Preparation {
  readonly head: Buffer;
  readonly inline: Part;
  readonly input: Encoded;
}

/** What a process is like for itself and its children. */
export type Self = Pick<Identity, 'name' | 'path' | 'daemon' | 'authkey'> & Pick<Head, 'startMethod' | 'standby'>;

export interface Work {
  readonly target: TargetName | undefined;
  readonly className: ExportName | undefined;
  readonly args: readonly unknown[];
  /** The own properties of a subclass's instance. */
  readonly fields: Record<string, unknown> | undefined;
}

const NOTHING: Part = { bytes: new Uint8Array(0), length: 0, refs: [] };

/**
 * Valid until the codec is used again; `input.commit()` once it is stored and the process is there.
 *
 * @throws SerializationError that starts with the path to what cannot be sent: `args[0].onClick`, `this.socket`, `target.captures.db`.
 */
export function prepare(self: Self, { target, className, args, fields }: Work): Preparation {
  const plainArgs = className === undefined && args.every(isPlain) ? args : undefined;
  const head = headOf(self, { target: target?.kind === 'export' ? target : undefined, className, plainArgs });
  const inline = target?.kind === 'inline' ? kept(encode(target, 'target')) : NOTHING;
  return { head, inline, input: encodeInput(args, fields) };
}

function isPlain(value: unknown): value is Plain {
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0);
  return typeof value === 'string' || typeof value === 'boolean' || value === null;
}

function headOf(self: Self, task: { [key in 'target' | 'className' | 'plainArgs']: Head[key] | undefined }): Buffer {
  const head: Head = {
    version: PREPARATION_VERSION,
    name: self.name,
    path: self.path,
    daemon: self.daemon,
    parent: { pid: process.pid, name: identity().name },
    authkey: self.authkey.toString('base64'),
    argv: process.argv.slice(1),
    startMethod: self.startMethod,
    ...optional('standby', self.standby),
    ...optional('mainScript', mainScriptUrl()),
    ...optional('target', task.target),
    ...optional('className', task.className),
    ...optional('plainArgs', task.plainArgs),
  };
  return Buffer.from(JSON.stringify(head));
}

function optional<K extends string, T>(key: K, value: T | undefined): { [key in K]?: T } {
  return (value === undefined ? {} : { [key]: value }) as { [key in K]?: T };
}

/** A copy, which `slice` of what is a Buffer would not be. */
const kept = ({ bytes, length, refs }: Encoded): Part => ({ bytes: Uint8Array.from(bytes.subarray(0, length)), length, refs });

/** One message, so that an object that is an argument and a property of the instance arrives as one. */
function encodeInput(args: readonly unknown[], fields: Record<string, unknown> | undefined): Encoded {
  const input: Input = [...args, fields];
  try {
    return encode(input, 'args');
  } catch (error) {
    // The properties travel behind the arguments, where the path of an error in them would mislead: find it again under its own name.
    encode(fields, 'this');
    throw error;
  }
}
