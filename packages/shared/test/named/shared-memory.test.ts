import { once } from 'node:events';
import { readFileSync, statSync, symlinkSync, unlinkSync, writeFileSync, mkdirSync, rmdirSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { inspect } from 'node:util';
import { runInNewContext } from 'node:vm';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { AlreadyExistsError, ClosedError, memoryUsage, NotFoundError, OutOfMemoryError } from '@manycore/core';
import { decode, encode, loadModules } from '@manycore/core/internal';
import { Process } from '@manycore/process';
import { Queue } from '@manycore/queues';
import { NamedMemoryError, ShareableList, SharedMemory } from '@manycore/shared';
import { leakCheck, until } from '@manycore/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { echo, writesInto } from './fixtures/targets.mjs';
import { exists, freshName, segments } from './names.js';

// Before the session is made.
process.env['MANYCORE_MEMORY_LIMIT'] = String(64 << 20);
setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;
const create = (size = 64, name = freshName()): SharedMemory => new SharedMemory({ name, create: true, size });
const mappings = (inode: number): number => readFileSync('/proc/self/maps', 'utf8').split('\n').filter((line) => line.split(/\s+/)[4] === String(inode) && line.includes('/dev/shm/')).length;
const thrown = (call: () => unknown): unknown => {
  try {
    call();
  } catch (error) {
    return error;
  }
  return undefined;
};

function roundTrip<T>(value: T): T {
  const message = encode(value, 'value');
  return decode(Buffer.from(message.bytes.subarray(0, message.length)), 0, message.length) as T;
}

afterEach(() => {
  expect(segments()).toEqual([]);
});

describe('a new segment', () => {
  it('is zeroed, exactly as long as asked for, private, and found under its name', () => {
    const memory = create(4097);
    expect(memory.buf).toBeInstanceOf(Uint8Array);
    expect(memory.buf.length).toBe(4097);
    expect(memory.size).toBe(4097);
    expect(memory.buf.every((byte) => byte === 0)).toBe(true);
    expect(memory.buf.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(memory.buf).toBe(memory.buf);
    const { mode, size, blocks } = statSync(`/dev/shm/${memory.name}`);
    expect([mode & 0o777, size]).toEqual([0o600, 4097]);
    expect(blocks * 512).toBe(8192);
    memory.unlink();
  });

  it('gets a name as CPython would make it when none is given', () => {
    for (const name of [undefined, null]) {
      const memory = new SharedMemory({ name, create: true, size: 1 });
      expect(memory.name).toMatch(/^psm_[0-9a-f]{8}$/);
      expect(exists(memory.name)).toBe(true);
      memory.unlink();
    }
  });

  it.each(['ä b.c', '-', '..a', 'x'.repeat(255), 'ä'.repeat(127), '\n'])('may be called %j', (name) => {
    const memory = create(1, name);
    expect(memory.name).toBe(name);
    expect(exists(name)).toBe(true);
    using again = new SharedMemory({ name });
    expect(again.size).toBe(1);
    memory.unlink();
  });

  it('is refused under a name that exists, with the system error, and leaves the other alone', () => {
    const memory = create(8);
    memory.buf[0] = 7;
    const error = thrown(() => create(8, memory.name)) as AlreadyExistsError;
    expect(error).toBeInstanceOf(AlreadyExistsError);
    expect(AlreadyExistsError.isInstance(error)).toBe(true);
    expect(error.code).toBe('ERR_MANYCORE_ALREADY_EXISTS');
    expect(error.cause).toMatchObject({ code: 'EEXIST' });
    expect(new SharedMemory({ name: memory.name }).buf[0]).toBe(7);
    memory.unlink();
  });

  it('counts against the budget of the session as long as it is tracked', () => {
    create(1).unlink();
    const { chargedBytes } = memoryUsage();
    const memory = create(8 << 20);
    expect(memoryUsage().chargedBytes).toBe(chargedBytes + (8 << 20));
    memory.unlink();
    expect(memoryUsage().chargedBytes).toBe(chargedBytes);
    const error = thrown(() => create(memoryUsage().limitBytes)) as OutOfMemoryError;
    expect(error).toBeInstanceOf(OutOfMemoryError);
    expect(error.message).toContain('budget');
    expect(thrown(() => new SharedMemory({ create: true, size: memoryUsage().limitBytes, track: false }))).toBeInstanceOf(OutOfMemoryError);
    expect(memoryUsage().chargedBytes).toBe(chargedBytes);
  });
});

describe('options', () => {
  const refused: [options: object, kind: typeof TypeError | typeof RangeError, text: string][] = [
    [{}, TypeError, 'which segment'],
    ['frames' as never, TypeError, "as in { name: 'frames' }"],
    [null as never, TypeError, 'expected options'],
    [{ create: false, size: 10 }, TypeError, 'which segment'],
    [{ create: true }, RangeError, 'size above 0'],
    [{ create: true, size: 0 }, RangeError, 'size above 0'],
    [{ create: true, size: -1 }, RangeError, 'got -1'],
    [{ name: 'x', size: -1 }, RangeError, 'got -1'],
    [{ create: true, size: NaN }, RangeError, 'got NaN'],
    [{ create: true, size: 1.5 }, RangeError, 'got 1.5'],
    [{ create: true, size: Infinity }, RangeError, 'got Infinity'],
    [{ create: true, size: 2 ** 53 }, RangeError, 'more than a buffer can have'],
    [{ create: true, size: '8' }, TypeError, 'got "8"'],
    [{ create: true, size: 8n }, TypeError, 'got 8'],
    [{ create: 1, size: 8 }, TypeError, 'create must be a boolean'],
    [{ create: true, size: 8, track: 'no' }, TypeError, 'track must be a boolean'],
    [{ name: 5 }, TypeError, 'name must be a string'],
    [{ name: '' }, RangeError, 'name'],
    [{ name: '.' }, RangeError, 'name'],
    [{ name: '..' }, RangeError, 'name'],
    [{ name: 'a\0b' }, RangeError, 'NUL'],
    [{ name: '/a' }, RangeError, 'slash'],
    [{ name: 'a/b' }, RangeError, 'slash'],
    [{ name: 'x'.repeat(256) }, RangeError, '255'],
    [{ name: 'ä'.repeat(128) }, RangeError, '255'],
    [{ name: '\ud800' }, RangeError, 'well-formed'],
  ];
  it.each(refused.map((row) => [inspect(row[0]).slice(0, 60), ...row] as const))('refuses %s', (_title, options, kind, text) => {
    const error = thrown(() => new SharedMemory(options));
    expect(error).toBeInstanceOf(kind);
    expect((error as Error).message).toMatch(/^SharedMemory: /);
    expect((error as Error).message).toContain(text);
  });
});

describe('attaching', () => {
  it('gives the same memory, whatever size says', () => {
    const memory = create(100);
    using again = new SharedMemory({ name: memory.name, size: 5 });
    again.buf[99] = 1;
    expect(memory.buf[99]).toBe(1);
    expect(again.size).toBe(100);
    memory.unlink();
  });

  it('throws NotFoundError where nothing has the name', () => {
    const error = thrown(() => new SharedMemory({ name: freshName() })) as NotFoundError;
    expect(error).toBeInstanceOf(NotFoundError);
    expect(NotFoundError.isInstance(error)).toBe(true);
    expect(error.code).toBe('ERR_MANYCORE_NOT_FOUND');
    expect(error.cause).toMatchObject({ code: 'ENOENT', syscall: 'open' });
  });

  it('refuses an empty segment, a link, a folder', () => {
    const [empty, link, folder] = [freshName(), freshName(), freshName()];
    writeFileSync(`/dev/shm/${empty}`, '');
    symlinkSync('/etc/passwd', `/dev/shm/${link}`);
    mkdirSync(`/dev/shm/${folder}`);
    const errors = [empty, link, folder].map((name) => thrown(() => new SharedMemory({ name })) as NamedMemoryError);
    for (const error of errors) expect(error).toBeInstanceOf(NamedMemoryError);
    expect(errors[0]!.message).toContain('is empty');
    expect(errors[0]!.code).toBe('ERR_MANYCORE_NAMED_MEMORY');
    expect(errors[1]!.cause).toMatchObject({ code: 'ELOOP' });
    expect(errors[2]!.cause).toMatchObject({ code: 'EISDIR' });
    unlinkSync(`/dev/shm/${empty}`);
    unlinkSync(`/dev/shm/${link}`);
    rmdirSync(`/dev/shm/${folder}`);
  });

  it('finds the new length of a segment that grew', () => {
    const memory = create(10);
    writeFileSync(`/dev/shm/${memory.name}`, Buffer.alloc(9000, 3), { flag: 'r+' });
    using again = new SharedMemory({ name: memory.name });
    expect([memory.size, again.size, again.buf[8999]]).toEqual([10, 9000, 3]);
    memory.unlink();
  });
});

describe('the end of a segment', () => {
  it('closes once or twice, and then refuses buf and being sent, not name, size and unlink', () => {
    const memory = create(10);
    const { buf, name } = memory;
    memory.close();
    memory.close();
    const error = thrown(() => memory.buf) as ClosedError;
    expect(error).toBeInstanceOf(ClosedError);
    expect(error.message).toContain(name);
    expect(thrown(() => encode(memory, 'value'))).toBeInstanceOf(ClosedError);
    expect([memory.name, memory.size]).toEqual([name, 10]);
    buf[9] = 5;
    expect(new SharedMemory({ name }).buf[9]).toBe(5);
    memory.unlink();
    expect(exists(name)).toBe(false);
  });

  it('is closed and not removed by using', () => {
    let memory;
    {
      using inner = create();
      memory = inner;
    }
    expect(() => memory.buf).toThrow(ClosedError);
    expect(exists(memory.name)).toBe(true);
    memory.unlink();
  });

  it('removes the name once, and everybody keeps the memory', () => {
    const memory = create();
    const again = new SharedMemory({ name: memory.name });
    again.unlink();
    again.buf[0] = 3;
    expect(memory.buf[0]).toBe(3);
    const error = thrown(() => memory.unlink()) as NotFoundError;
    expect(error).toBeInstanceOf(NotFoundError);
    expect(error.message).toContain('SharedMemory.unlink');
    expect(() => again.unlink()).toThrow(NotFoundError);
  });

  it('does not remove another segment that has the name by then', () => {
    const old = create();
    unlinkSync(`/dev/shm/${old.name}`);
    const young = create(64, old.name);
    const error = thrown(() => old.unlink()) as NotFoundError;
    expect(error).toBeInstanceOf(NotFoundError);
    expect(error.message).toContain('another segment');
    expect(exists(old.name)).toBe(true);
    young.unlink();
  });

  it('unmaps when nobody uses a view any more, and not before', async () => {
    const name = freshName();
    let view: Uint8Array | undefined;
    const inode = (() => {
      const memory = create(4096, name);
      const { ino } = statSync(`/dev/shm/${name}`);
      view = memory.buf.subarray(8);
      memory.close();
      memory.unlink();
      return ino;
    })();
    for (let i = 0; i < 5; i++) {
      gc();
      await turn();
    }
    view![0] = 1;
    expect(mappings(inode)).toBe(1);
    view = undefined;
    await until(
      async () => {
        gc();
        await turn();
        return mappings(inode) === 0;
      },
      { what: 'the segment to be unmapped' },
    );
  });

  it('leaves no descriptor, mapping or file behind, whatever fails', async () => {
    create().unlink();
    const leaks = leakCheck();
    const taken = create();
    for (let i = 0; i < 50; i++) {
      const memory = create();
      new SharedMemory({ name: memory.name }).close();
      memory.close();
      memory.unlink();
      expect(() => create(64, taken.name)).toThrow(AlreadyExistsError);
      expect(() => new SharedMemory({ name: memory.name })).toThrow(NotFoundError);
    }
    taken.unlink();
    gc();
    await leaks.settle();
  });

  it('has an inspection that shows name and size, or that it is closed', () => {
    const memory = create(12, 'named-test-inspected');
    expect(inspect(memory)).toBe("<SharedMemory('named-test-inspected', 12 bytes)>");
    memory.close();
    expect(inspect(memory)).toBe("<SharedMemory('named-test-inspected', closed)>");
    memory.unlink();
  });
});

describe('sending', () => {
  it('arrives in the same thread over the same buffer, segment, views and buffer alike', () => {
    const memory = create(100);
    const [copy, view, buffer, data] = roundTrip([memory, memory.buf.subarray(10, 20), memory.buf.buffer, new DataView(memory.buf.buffer, 4, 8)] as const);
    expect(copy).toBeInstanceOf(SharedMemory);
    expect(copy.buf.buffer).toBe(memory.buf.buffer);
    expect([view.byteOffset, view.length, view.buffer]).toEqual([10, 10, memory.buf.buffer]);
    expect(buffer).toBe(memory.buf.buffer);
    expect(data.byteOffset).toBe(4);
    copy.close();
    expect(memory.buf.length).toBe(100);
    memory.unlink();
    expect(roundTrip(memory).buf.buffer).toBe(memory.buf.buffer);
  });

  it('reaches a process, which reaches back, in arguments and queues, however deep', async () => {
    const memory = create(1000);
    const list = new ShareableList(['x', 1, null]);
    const queue = new Queue<unknown>();
    const child = new Process({ target: writesInto, args: [{ deep: [{ memory }] }, memory.buf.subarray(500, 510), list, queue] }).start();
    const said = (await queue.get()) as { memory: SharedMemory; view: Uint8Array; list: ShareableList; own: SharedMemory };
    expect([...memory.buf.subarray(0, 2), memory.buf[500]]).toEqual([1, 2, 3]);
    expect([...list]).toEqual(['child', 1, null]);
    expect(said.memory.name).toBe(memory.name);
    expect(said.memory.buf.buffer).toBe(memory.buf.buffer);
    expect([said.view.byteOffset, said.view.length]).toEqual([500, 10]);
    expect(said.list.shm.name).toBe(list.shm.name);
    expect(said.own.buf[0]).toBe(9);
    await child.join();
    expect(child.exitCode).toBe(0);
    said.own.unlink();
    memory.unlink();
    list.shm.unlink();
  });

  it('reaches a worker thread', async () => {
    const memory = create(16);
    const queue = new Queue<unknown>();
    const answers = new Queue<unknown>();
    await queue.put(memory);
    const message = encode([queue, answers], 'value');
    const worker = new Worker(new URL('./fixtures/worker-echoes.mjs', import.meta.url), { workerData: Buffer.from(message.bytes.subarray(0, message.length)) });
    const ended = once(worker, 'exit');
    const back = (await answers.get()) as SharedMemory;
    expect(back.buf.buffer).toBe(memory.buf.buffer);
    expect(memory.buf[3]).toBe(33);
    await ended;
    memory.unlink();
  });

  it('fails with NotFoundError at a receiver that comes too late, and never gives it another segment of that name', async () => {
    const memory = create();
    const requests = new Queue<unknown>();
    const answers = new Queue<string>();
    await requests.put(memory);
    memory.unlink();
    const young = create(65, memory.name);
    await requests.putMany([memory.buf, young, null]);
    const child = new Process({ target: echo, args: [requests, answers] }).start();
    expect(await answers.get()).toMatch(/^NotFoundError: SharedMemory: .*another one/);
    young.unlink();
    await child.join();
    expect(await answers.getMany(3)).toEqual([expect.stringMatching(/^NotFoundError/), expect.stringMatching(/^(<SharedMemory\(.*65 bytes|NotFoundError)/)]);
  });

  it('refuses a record that names no segment', async () => {
    const memory = create();
    const message = encode(memory, 'value');
    const bytes = Buffer.from(message.bytes.subarray(0, message.length));
    const at = bytes.indexOf(memory.name);
    expect(at).toBeGreaterThan(0);
    await loadModules(bytes, 0, bytes.length);
    const other = Buffer.from(bytes);
    other.write('/'.repeat(memory.name.length), at);
    expect((thrown(() => decode(other, 0, other.length)) as Error).message).toContain('a name that was received must have no NUL and no slash');
    const gone = Buffer.from(bytes);
    gone.write('x', at);
    expect(thrown(() => decode(gone, 0, gone.length))).toBeInstanceOf(NotFoundError);
    memory.unlink();
  });
});
