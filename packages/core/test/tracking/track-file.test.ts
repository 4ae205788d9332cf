import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { native, trackFile, untrackFile } from '@manycore/core/internal';
import { spawnFixture, until } from '@manycore/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tracked-ä-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('a tracked file', () => {
  it('of any kind and name is removed at the end of its session: a socket, a long path', async () => {
    const long = join(folder, 'x'.repeat(255));
    const socket = join(folder, 'socket');
    const kept = join(folder, 'kept');
    const fixture = spawnFixture(new URL('../fixtures/tracks-files.mjs', import.meta.url), { args: [socket, long, kept] });
    await fixture.line('tracked');
    expect([socket, long, kept].map(existsSync)).toEqual([true, true, true]);
    fixture.kill('SIGKILL');
    await until(() => !existsSync(socket) && !existsSync(long), { what: 'the files to be removed' });
    expect(existsSync(kept)).toBe(true);
  });

  it('is forgotten where none is tracked, without a word', () => {
    untrackFile('/no/such/file', 'mark');
  });

  it('needs an absolute path', () => {
    expect(() => trackFile('relative', 'mark')).toThrow(TypeError);
  });
});

describe('the mark of a file', () => {
  it('is the same by descriptor and by path, and never that of its successor', () => {
    const path = join(folder, 'file');
    const marks = new Set<string | number>();
    for (let i = 0; i < 20; i++) {
      writeFileSync(path, 'x');
      const fd = native().openFile(path);
      const mark = native().fileMark(path);
      expect(native().fileMark(fd)).toBe(mark);
      marks.add(mark);
      native().close(fd);
      expect(native().removeFile(path)).toBe(0);
      expect(native().fileMark(path)).toBe(-2);
    }
    expect(marks.size).toBe(20);
  });
});
