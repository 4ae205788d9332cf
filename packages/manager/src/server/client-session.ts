/**
 * One client of a server: reads its messages in their order, begins its calls, answers, and counts what it has. When it is gone, its calls are cancelled, and what it held and referred to is given back.
 */
import { RemoteError } from '@manycore/core';
import type { Encoded, TargetName } from '@manycore/core/internal';
import { ManagerError } from '../errors.js';
import { ADOPT, CALL, CANCEL, CANCELLABLE, CREATE, DEFINE, DONE, DROP, failureOf, ITERATE, ITERATOR, KIND_MASK, messageOf, NEXT, PIN, RETURN, SHUTDOWN, TRANSACT, type Functions } from '../protocol.js';
import { writingFor } from '../client/sharing.js';
import type { Incoming, Wire } from '../wire/wire.js';
import { Call } from './call.js';
import { ClientFunctions } from './client-functions.js';
import { ClientReferences } from './client-references.js';
import type { CallerClient } from './caller.js';
import { isIterator, Iteration, type AnyIterator } from './iteration.js';
import type { Dispatcher } from './dispatcher.js';
import type { Referents } from './referents.js';

/** Calls that a client may have underway. */
const MOST_CALLS = 100_000;

export class ClientSession implements CallerClient {
  readonly references: ClientReferences;
  readonly #calls = new Map<number, Call>();
  readonly #iterations = new Map<number, Iteration>();
  readonly #functions = new ClientFunctions();
  readonly #holds = new Set<() => void>();
  /** A message is not begun before this: it, or a function, needs a module. */
  #stalled: Promise<void> | undefined;
  #isAnnouncing = false;
  isEnded = false;

  constructor(
    readonly wire: Wire,
    readonly pid: number,
    readonly name: string,
    readonly referents: Referents,
    readonly dispatcher: Dispatcher,
  ) {
    this.references = new ClientReferences(referents);
  }

  holds(release: () => void): () => void {
    // Two holds may have one function.
    const hold = (): void => release();
    if (this.isEnded) {
      queueMicrotask(() => this.dispatcher.guard(hold));
      return () => undefined;
    }
    this.#holds.add(hold);
    return () => void this.#holds.delete(hold);
  }

  /** What keeps it from being read now: a module that is being loaded, or answers that it does not read. */
  get obstacle(): Promise<void> | undefined {
    return this.#stalled ?? (this.wire.isCongested ? this.wire.whenRoom() : undefined);
  }

  /** Handles messages that are there, `most` at the most; whether there was any. */
  serve(most: number): boolean {
    if (this.wire.hasBacklog) this.wire.announce();
    let count = 0;
    while (count < most && !this.isEnded && this.#stalled === undefined && !this.wire.isCongested) {
      const message = this.wire.take();
      if (message === undefined) break;
      count++;
      this.#handle(message);
    }
    if (count > 0) this.#announce();
    return count > 0;
  }

  end(): void {
    if (this.isEnded) return;
    this.isEnded = true;
    this.wire.close();
    for (const call of this.#calls.values()) call.cancel();
    this.#calls.clear();
    for (const hold of [...this.#holds]) this.dispatcher.guard(hold);
    this.#holds.clear();
    for (const iteration of this.#iterations.values()) iteration.close();
    this.#iterations.clear();
    this.references.end();
  }

  // --- messages ---

  #handle(message: Incoming): void {
    const loading = message.load();
    if (loading === undefined) this.#begin(message);
    else this.#stall(message.keep(), loading);
  }

  #stall(message: Incoming, loading: Promise<void>): void {
    this.#stalled = loading.then(
      () => this.#resume(() => this.#begin(message)),
      (error: unknown) => this.#resume(() => this.#fail(message.header.call, error)),
    );
  }

  #resume(go: () => void): void {
    this.#stalled = undefined;
    go();
    this.#announce();
  }

  #begin(message: Incoming): void {
    const { kind: word, call, object, tree } = message.header;
    const kind = word & KIND_MASK;
    let value: unknown;
    try {
      value = message.read();
    } catch (error) {
      if (ANSWERED.has(kind)) this.#fail(call, error);
      return;
    }
    try {
      this.#act(kind, (word & CANCELLABLE) !== 0, call, object, tree, value);
    } catch (error) {
      if (ANSWERED.has(kind)) this.#fail(call, error);
    }
  }

  #act(kind: number, isCancellable: boolean, id: number, object: number, tree: number, value: unknown): void {
    switch (kind) {
      case CALL:
      case TRANSACT:
      case CREATE:
      case ITERATE:
        this.#run(kind, isCancellable, id, object, tree, value);
        break;
      case CANCEL:
        this.#cancel(id);
        break;
      case NEXT:
        this.#next(id, object);
        break;
      case RETURN:
        this.#iterations.get(object)?.close();
        this.#iterations.delete(object);
        break;
      case DROP:
        this.references.drop(object, id);
        break;
      case PIN:
        this.references.pin(object, value);
        break;
      case ADOPT:
        this.references.adopt(object, value);
        break;
      case DEFINE:
        this.#stalled = this.#functions.define(id, value as TargetName).then(() => this.#resume(() => undefined));
        break;
      case SHUTDOWN:
        this.#answer(id, undefined);
        this.dispatcher.shutDown();
        break;
      default:
        throw new ManagerError(`The server does not know the message ${kind}: the client is of another version.`);
    }
  }

  // --- calls ---

  #run(kind: number, isCancellable: boolean, id: number, object: number, tree: number, value: unknown): void {
    if (this.#calls.size >= MOST_CALLS) throw new ManagerError(`This client has ${MOST_CALLS} calls underway that wait, and can have no more.`);
    const call = new Call(this, tree === 0 ? undefined : tree);
    const args = value as unknown[];
    this.#functions.putInto(args, args.pop() as Functions);
    const tail = kind === ITERATE ? undefined : args.pop();
    if (isCancellable) args.push({ ...(args.pop() as object), signal: call.signal });
    const result = this.dispatcher.dispatch(kind, call, object, tail, args);
    if (!(result instanceof Promise)) {
      this.#settle(id, result);
      return;
    }
    this.#calls.set(id, call);
    result.then(
      (settled) => this.#end(id, call, () => this.#settle(id, settled)),
      (error: unknown) => this.#end(id, call, () => this.#fail(id, error)),
    );
  }

  #end(id: number, call: Call, answer: () => void): void {
    // One that was cancelled and given up has its answer.
    if (this.#calls.get(id) !== call) return;
    this.#calls.delete(id);
    answer();
    this.#announceSoon();
  }

  /** A method that listens to its signal answers by itself; another one is given up. */
  #cancel(id: number): void {
    const call = this.#calls.get(id);
    if (call === undefined) return;
    call.cancel();
    if (!call.isWaitedFor) setImmediate(() => this.#end(id, call, () => this.#fail(id, call.signal.reason)));
  }

  // --- iterators ---

  #next(id: number, iterator: number): void {
    const iteration = this.#iterations.get(iterator);
    if (iteration === undefined) {
      this.#answer(id, [[], true]);
      return;
    }
    const part = iteration.next();
    if (!(part instanceof Promise)) {
      this.#answerPart(id, iterator, part);
      return;
    }
    part.then(
      (later) => this.#answerPart(id, iterator, later),
      (error: unknown) => this.#fail(id, error),
    ).finally(() => this.#announceSoon());
  }

  #answerPart(id: number, iterator: number, part: readonly [readonly unknown[], boolean]): void {
    if (part[1]) this.#iterations.delete(iterator);
    this.#answer(id, part);
  }

  // --- answers ---

  /** What is asked of a result may be answered by code of the user's, which may throw. */
  #settle(id: number, result: unknown): void {
    this.#send(id, () => (isIterator(result) ? this.#iterator(id, result) : messageOf(this.wire.isLocal, DONE, id, 0, 0, result, 'result')));
  }

  #iterator(id: number, iterator: AnyIterator): Encoded {
    const number = this.referents.number();
    this.#iterations.set(number, new Iteration(iterator));
    return messageOf(this.wire.isLocal, ITERATOR, id, 0, 0, number, 'result');
  }

  #answer(id: number, result: unknown): void {
    this.#send(id, () => messageOf(this.wire.isLocal, DONE, id, 0, 0, result, 'result'));
  }

  #fail(id: number, error: unknown): void {
    if (this.isEnded) return;
    try {
      this.wire.put(writingFor(this, () => failureOf(id, error)));
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : 'its sending failed';
      this.wire.put(failureOf(id, new RemoteError(`The call failed with an error that cannot be sent: ${reason}`)));
    }
  }

  #send(id: number, write: () => Encoded): void {
    if (this.isEnded) return;
    try {
      this.wire.put(writingFor(this, write));
    } catch (error) {
      // What cannot be sent is the call's failure.
      this.#fail(id, error);
    }
  }

  /** Answers that come together ring the client once. */
  #announceSoon(): void {
    if (this.#isAnnouncing) return;
    this.#isAnnouncing = true;
    queueMicrotask(() => this.#announce());
  }

  #announce(): void {
    this.#isAnnouncing = false;
    if (!this.isEnded) this.wire.announce();
  }
}

const ANSWERED = new Set([CREATE, CALL, TRANSACT, ITERATE, NEXT, SHUTDOWN]);
