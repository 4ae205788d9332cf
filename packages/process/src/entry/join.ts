/**
 * The first steps of a child, without manycore's core: ties its life to its parent's, and reads where it lies what it is told first. Only
 * what Node has loaded anyway is used here, and nothing is looked for: to resolve one package takes longer than all the rest.
 */
import type { Native } from '@manycore/core/internal';
import type { Head } from '../preparation.js';
import { advance, LATER, readTicket, type Phase, type Ticket } from '../ticket.js';
import { CONTROL_FD, controlLine } from './control-line.js';

const SESSION_FD = 4;
/** The same as core's. */
const READABLE = 1;
const PAGE_BYTES = 4096;
/** What `Native.version` has to be. Raised with it: a child that finds another one takes the long way through core. */
const ADDON_VERSION = 3;
/** From the SIGTERM that this process sends itself when its parent is gone, to the SIGKILL. */
const GRACE_MS = 1000;

export interface Membership {
  readonly ticket: Ticket;
  readonly head: Head;
  /** Whether ES modules may be loaded by `require`. Not in a thread: one that is terminated meanwhile ends its whole process (Node 20: `v8::Module::IsGraphAsync must be used on an instantiated module`). */
  readonly requiresModules: boolean;
  /** Tells the parent how far this process came. */
  enter(phase: Phase): void;
  /** Makes who this process is known to the threads it may start. */
  publish(identity: string): void;
  /** Called last of all with the exit code. */
  onExit(code: number): void;
}

/** Of a process, which may be a standby. */
export interface ProcessMembership extends Membership {
  readonly addon: Native;
  /** Whether it was given its work, or its parent is gone, within `ms`. Blocks. */
  isAsked(ms: number): boolean;
  /** The same for another ticket: how a standby, which has joined already, is given its work. */
  again(ticket: string): Membership;
}

/** @throws Error when this process was not started by manycore, or too late: its stderr is told, there is nobody else. */
export function join(require: NodeJS.Require): ProcessMembership {
  const [, , given = '', file] = process.argv;
  const addon = loadAddon(require, file);
  // What this process starts must not inherit them: it would keep the channel open, or the memory.
  addon.setCloexec(CONTROL_FD);
  addon.setCloexec(SESSION_FD);
  const ticket = readTicket(given === LATER ? controlLine() : given);
  if (addon.fileIdentity(SESSION_FD) !== ticket.memory)
    throw new Error('manycore: this is the program of a child process; it is started by Process.start() only.');
  addon.watchParent(CONTROL_FD, GRACE_MS);
  if (addon.session(SESSION_FD) !== SESSION_FD) {
    throw new Error(
      'manycore: a module that was preloaded (--import, --require) used manycore before this child process had joined its parent. ' +
        'Let it do so later.',
    );
  }
  return membership(addon, ticket);
}

/** What `ticket` is for, read where it lies. */
function membership(addon: Native, ticket: Ticket): ProcessMembership {
  const { record, head } = readRecord(addon, SESSION_FD, ticket);
  // While the parent lived, its record could not have been given to anybody else: what was read is what it wrote. Without a parent there is
  // nobody to work for.
  if (process.ppid !== ticket.parent) process.exit(1);
  return {
    addon,
    ticket,
    head: JSON.parse(head) as Head,
    requiresModules: true,
    enter: (phase) => advance(record, 0, ticket.nonce, phase),
    publish: (identity) => void addon.identity(identity, true),
    onExit: () => undefined,
    isAsked: (ms) => addon.pollFd(CONTROL_FD, READABLE, ms) !== 0,
    again: (text) => membership(addon, readTicket(text)),
  };
}

/** The record's words, and its head as text. */
export function readRecord(addon: Native, fd: number, { recordAt, headAt, headBytes }: Ticket): { record: Int32Array; head: string } {
  const words = map(addon, fd, recordAt, 4);
  return { record: new Int32Array(words.buffer, words.byteOffset, 1), head: map(addon, fd, headAt, headBytes).toString('utf8') };
}

/**
 * The file that the parent runs on, without the search for it. Where there is another build of it by now, because something was installed or built since the parent began, core looks for one that fits, or says
 * that there is none and what to do.
 */
export function loadAddon(require: NodeJS.Require, file: string | undefined): Native {
  const module = { exports: {} as Partial<Native> };
  if (file !== undefined) process.dlopen(module, file);
  if (module.exports.version === ADDON_VERSION) return module.exports as Native;
  return (require('@manycore/core/internal') as { native(): Native }).native();
}

function map(addon: Native, fd: number, offset: number, length: number): Buffer {
  const start = Math.floor(offset / PAGE_BYTES) * PAGE_BYTES;
  const pages = Math.ceil((offset + length - start) / PAGE_BYTES);
  const window = addon.mapWindow(fd, start, pages * PAGE_BYTES, false);
  if (typeof window === 'number') throw new Error(`manycore: the session's memory cannot be mapped (errno ${-window}).`);
  return Buffer.from(window as ArrayBuffer, offset - start, length);
}
