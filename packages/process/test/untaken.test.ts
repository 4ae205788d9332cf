/** A child that ends before it has taken its arguments: what they mention is held for it by its parent, whose event loop may be blocked. */
import { functionRef } from '@manycore/core';
import { EOFError, Pipe } from '@manycore/queues';
import { LONG } from '@manycore/testing';
import { describe, expect, it } from 'vitest';
import { getContext, type StartMethod } from '../src/index.js';

const NOWHERE = 'file:///nowhere/at-all.mjs';
const nowhere = functionRef<(...args: unknown[]) => void>(NOWHERE, 'nothing');
/** Ends a process before it looks for its work. */
const KILL_ITSELF = ['--import', 'data:text/javascript,process.kill(process.pid,"SIGKILL")'];

const ends: readonly (readonly [StartMethod, string, string[] | undefined, number])[] = [
  ['spawn', 'its target cannot be imported', undefined, 1],
  ['forkserver', 'its target cannot be imported', undefined, 1],
  ['thread', 'its target cannot be imported', undefined, 1],
  ['spawn', 'it was killed', KILL_ITSELF, -9],
];

describe.each(ends)('a blocked wait for a child that was given the other end of a pipe (%s)', (method, why, execArgv, exitCode) => {
  it(`ends with the child: ${why}`, async () => {
    const [here, there] = Pipe();
    const child = new (getContext(method).Process)({ target: nowhere, args: [there], stdio: 'ignore', ...(execArgv === undefined ? {} : { execArgv }) });
    child.start();
    there.close();
    expect(() => here.recvSync({ timeout: LONG })).toThrow(EOFError);
    await child.join();
    expect(child.exitCode).toBe(exitCode);
    here.close();
  });
});
