/** Addresses of listeners, as users give them and as the system takes them. */
import { TimeoutError } from '@manycore/core';
import { describe, INET, UNIX, type Deadline } from '@manycore/core/internal';
import { ConnectionError } from '../errors.js';
import { Waiter } from './waiter.js';

/** A path (or a NUL and an abstract name, on Linux), or host and port: IPv4, or a name that has such an address. */
export type Address = string | [host: string, port: number];

/** As in Python. `'AF_PIPE'`, the named pipes of Windows, exists there only. */
export type AddressFamily = 'AF_UNIX' | 'AF_INET' | 'AF_PIPE';

/** An address as the system takes it. */
export interface Place {
  /** UNIX or INET. */
  readonly family: number;
  readonly bytes: Buffer;
}

/** The room in `sockaddr_un`; a path needs one byte for its NUL. */
const PATH_BYTES = 108;
const LAST_PORT = 65_535;

/** @throws TypeError, RangeError when it is no address, or none of that family. */
export function checkedAddress(address: unknown, family: unknown, call: string): Address {
  if (typeof address === 'string') return checkedPath(address, family, call);
  if (!Array.isArray(address) || address.length !== 2) throw new TypeError(`${call}: an address is a path or [host, port], got ${describe(address)}.`);
  checkFamily(family, 'AF_INET', address, call);
  const [host, port] = address as unknown[];
  if (typeof host !== 'string') throw new TypeError(`${call}: the host must be a string, got ${describe(host)}.`);
  if (typeof port !== 'number' || Number.isNaN(port)) throw new TypeError(`${call}: the port must be a number, got ${describe(port)}.`);
  if (!Number.isInteger(port) || port < 0 || port > LAST_PORT) throw new RangeError(`${call}: the port must be a whole number from 0 to ${LAST_PORT}, got ${port}.`);
  return [host, port];
}

function checkedPath(path: string, family: unknown, call: string): string {
  if (path.startsWith('\\\\')) throw noPipes(call);
  checkFamily(family, 'AF_UNIX', path, call);
  const bytes = Buffer.byteLength(path);
  if (bytes === 0) throw new RangeError(`${call}: the path is empty.`);
  const isAbstract = path.startsWith('\0');
  if (!isAbstract && path.includes('\0')) throw new RangeError(`${call}: a path cannot contain a NUL.`);
  const most = isAbstract ? PATH_BYTES : PATH_BYTES - 1;
  if (bytes > most) throw new RangeError(`${call}: the path of a socket may have ${most} bytes, this one has ${bytes}. Take a shorter one, in the system's temporary directory, say.`);
  return path;
}

function checkFamily(family: unknown, own: AddressFamily, address: unknown, call: string): void {
  checkedFamily(family, call);
  if (family !== undefined && family !== own) throw new TypeError(`${call}: ${describe(address)} is no address of family ${String(family)}, but of ${own}.`);
}

/** @throws TypeError, RangeError when it is none, or none of this system. */
export function checkedFamily(family: unknown, call: string): Exclude<AddressFamily, 'AF_PIPE'> | undefined {
  if (family === undefined || family === 'AF_UNIX' || family === 'AF_INET') return family;
  if (family === 'AF_PIPE') throw noPipes(call);
  if (typeof family !== 'string') throw new TypeError(`${call}: family must be 'AF_UNIX' or 'AF_INET', got ${describe(family)}.`);
  throw new RangeError(`${call}: there is no family ${describe(family)}; families are 'AF_UNIX' and 'AF_INET'.`);
}

const noPipes = (call: string): RangeError =>
  new RangeError(`${call}: named pipes ('AF_PIPE') exist on Windows only. On ${process.platform}, take a path ('AF_UNIX') or [host, port] ('AF_INET').`);

/** Looks a host name up where there is one; the empty host is all of this machine's addresses, as in Python. */
export async function placeOf(address: Address, deadline: Deadline, signal: AbortSignal | undefined, call: string): Promise<Place> {
  if (typeof address === 'string') return { family: UNIX, bytes: Buffer.from(address) };
  const [host, port] = address;
  const ip = host === '' ? '0.0.0.0' : process.getBuiltinModule('node:net').isIPv4(host) ? host : await lookUp(host, deadline, signal, call);
  const bytes = Buffer.from([...ip.split('.').map(Number), 0, 0]);
  bytes.writeUInt16BE(port, 4);
  return { family: INET, bytes };
}

function lookUp(host: string, deadline: Deadline, signal: AbortSignal | undefined, call: string): Promise<string> {
  const waiter = new Waiter<string>();
  const onTime = (): void => waiter.fail(new TimeoutError(`${call}: the address of ${describe(host)} was not found in time.`));
  waiter.limit(deadline, signal, onTime, (reason) => waiter.fail(reason));
  process.getBuiltinModule('node:dns/promises').lookup(host, { family: 4 }).then(
    ({ address }) => waiter.settle(address),
    (cause: unknown) => waiter.fail(new ConnectionError(`${call}: no IPv4 address is known for the host ${describe(host)}.`, { cause })),
  );
  return waiter.promise;
}

/** The system's form of an address as users see it; a socket without a name is the empty path, as in Python. */
export function addressFrom({ family, bytes }: Place): Address {
  return family === UNIX ? bytes.toString() : [bytes.subarray(0, 4).join('.'), bytes.readUInt16BE(4)];
}

/** Whether only this machine can reach it. */
export const isLocal = ({ family, bytes }: Place): boolean => family === UNIX || bytes[0] === 127;

export const shown = (address: Address): string => (typeof address === 'string' ? address.replace(/^\0/, '@') : address.join(':'));
