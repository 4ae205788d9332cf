import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SerializationError } from '@manycore/core';
import { AuthenticationError, Client, EOFError, Listener, type Address } from '@manycore/queues';
import { leakCheck } from '@manycore/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { oldPython, PythonPeer, pythons } from './python-peer.js';

const found = pythons();
if (found.size === 0) console.warn('socket-python.test.ts is skipped: there is no CPython 3.12 or later (looked for python3.12 to python3.14 and in ~/.pyenv/versions).');

const KEY = 'a key that both have';
const MIB_4 = 4 * 1024 * 1024;
const hashOf = (data: Uint8Array): object => ({ length: data.length, sha256: createHash('sha256').update(data).digest('hex') });
const pattern = (length: number): Buffer => Buffer.alloc(length, Buffer.from(Array.from({ length: 1000 }, (_, i) => i % 251)));

let folder = '';
let paths = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'socket-python-'));
});
afterAll(() => rmSync(folder, { recursive: true }));
const newAddress = (family: string): Address => (family === 'AF_UNIX' ? join(folder, `s${paths++}`) : ['127.0.0.1', 0]);

const cases = [...found].flatMap(([version, python]) =>
  ['AF_UNIX', 'AF_INET'].flatMap((family) => [undefined, KEY].map((key) => ({ version, python, family, key, secured: key === undefined ? 'without a key' : 'with a key' }))),
);

describe.skipIf(found.size === 0).each(cases)('CPython $version, $family, $secured', ({ python, family, key }) => {
  it('a Node client and a Python listener exchange messages of every size', async () => {
    await using peer = new PythonPeer(python);
    const address = (await peer.ask('listen', { address: newAddress(family), key })) as Address;
    const accepting = peer.ask('accept');
    using conn = await Client(address, { authkey: key });
    await accepting;
    const sizes = [0, 1, 16_380, 16_381, 65_536, MIB_4];
    const echoing = peer.ask('echo', { count: sizes.length });
    for (const size of sizes) {
      const data = pattern(size);
      // At once, because both sides would wait for each other with messages that the system cannot hold.
      const [back] = await Promise.all([conn.recvBytes(), conn.sendBytes(data)]);
      expect(hashOf(back)).toEqual(hashOf(data));
    }
    await echoing;
    await peer.ask('close');
    await expect(conn.recvBytes()).rejects.toBeInstanceOf(EOFError);
  });

  it('a Node listener and a Python client exchange messages of every size, also blocking', async () => {
    await using peer = new PythonPeer(python);
    using listener = await Listener.open({ address: newAddress(family), authkey: key });
    const connecting = peer.ask('connect', { address: listener.address, key });
    using conn = await listener.accept();
    await connecting;
    expect(listener.lastAccepted).toEqual(family === 'AF_UNIX' ? '' : ['127.0.0.1', expect.any(Number)]);
    for (const length of [0, 1000, MIB_4]) {
      const sent = peer.ask('send', { length });
      const data = conn.recvBytesSync();
      expect(await sent).toEqual(hashOf(data));
      expect(data.length).toBe(length - (length % 1000));
      const receiving = peer.ask('recv');
      conn.sendBytesSync(data);
      expect(await receiving).toEqual(hashOf(data));
    }
    conn.close();
    await expect(peer.ask('recv')).rejects.toThrow('EOFError');
  });
});

describe.skipIf(found.size === 0).each([...found].map(([version, python]) => ({ version, python })))('CPython $version', ({ python }) => {
  it('a client with another key is turned away by either side, and both are told', async () => {
    await using peer = new PythonPeer(python);
    using listener = await Listener.open({ authkey: KEY });
    const accepting = listener.accept().catch((error: unknown) => error);
    await expect(peer.ask('connect', { address: listener.address, key: 'another' })).rejects.toThrow('AuthenticationError');
    expect(await accepting).toBeInstanceOf(AuthenticationError);
    // The listener goes on.
    const next = listener.accept();
    await peer.ask('connect', { address: listener.address, key: KEY });
    (await next).close();
    await peer.ask('close');

    const address = (await peer.ask('listen', { key: KEY })) as Address;
    const refusing = peer.ask('accept').catch((error: unknown) => error);
    await expect(Client(address, { authkey: 'another' })).rejects.toThrow(AuthenticationError);
    expect(String(await refusing)).toContain('AuthenticationError');
  });

  it('a key on one side only ends with an error that says so', async () => {
    await using peer = new PythonPeer(python);
    const address = (await peer.ask('listen')) as Address;
    const accepting = peer.ask('accept');
    await expect(Client(address, { authkey: KEY, timeout: 300 })).rejects.toThrow(/one side has a key and the other none/);
    await accepting;
    await peer.ask('close');
    const keyed = (await peer.ask('listen', { key: KEY })) as Address;
    const refusing = peer.ask('accept').catch((error: unknown) => error);
    using conn = await Client(keyed);
    await expect(conn.recv()).rejects.toThrow(/the listener has an authkey and this side has none/);
    conn.close();
    expect(String(await refusing)).toMatch(/EOFError|ConnectionReset|AuthenticationError/);
  });

  it('a pickle is refused by recv with advice, and the message after it arrives', async () => {
    await using peer = new PythonPeer(python);
    using listener = await Listener.open();
    const connecting = peer.ask('connect', { address: listener.address });
    using conn = await listener.accept();
    await connecting;
    await peer.ask('send_object');
    await peer.ask('send', { hex: '616263' });
    const error = await conn.recv().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SerializationError);
    expect(String(error)).toContain('recvBytes');
    expect(String(await conn.recvBytes())).toBe('abc');
  });

  it('a listener serves it from an abstract address, and a killed peer is the end of file', async () => {
    await using peer = new PythonPeer(python);
    using listener = await Listener.open({ address: `\0manycore-test-${process.pid}-${paths++}`, authkey: KEY });
    const connecting = peer.ask('connect', { address: listener.address, key: KEY });
    using conn = await listener.accept();
    await connecting;
    peer.fixture.kill('SIGKILL');
    await expect(conn.recvBytes()).rejects.toBeInstanceOf(EOFError);
  });

  it('nothing is left when all is closed', async () => {
    const leaks = leakCheck();
    {
      await using peer = new PythonPeer(python);
      using listener = await Listener.open({ authkey: KEY });
      const connecting = peer.ask('connect', { address: listener.address, key: KEY });
      using conn = await listener.accept();
      await connecting;
      await conn.sendBytes(Buffer.alloc(10));
    }
    await leaks.settle();
  });
});

const old = oldPython();
describe.skipIf(old === undefined)('CPython before 3.12', () => {
  it('is refused by both sides, with an error that says why', async () => {
    await using peer = new PythonPeer(old!);
    using listener = await Listener.open({ authkey: KEY });
    const accepting = listener.accept().catch((error: unknown) => error);
    await expect(peer.ask('connect', { address: listener.address, key: KEY })).rejects.toThrow('AuthenticationError');
    expect(String(await accepting)).toMatch(/HMAC-MD5/);
    const address = (await peer.ask('listen', { key: KEY })) as Address;
    const refusing = peer.ask('accept').catch((error: unknown) => error);
    await expect(Client(address, { authkey: KEY })).rejects.toThrow(/HMAC-MD5/);
    await refusing;
  });
});
