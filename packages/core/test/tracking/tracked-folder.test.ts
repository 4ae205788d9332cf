import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeTrackedFolder, native } from '@manycore/core/internal';
import { spawnFixture, until, type Fixture } from '@manycore/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let base: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'folders-ä-'));
});
afterEach(() => {
  rmSync(base, { recursive: true });
});

const ESTALE = -116;
const ENOTEMPTY = -39;
const prefix = (): string => join(base, 'private-');
const program = (count: number, ...unmarked: string[]): Fixture =>
  spawnFixture(new URL('../fixtures/tracks-folders.mjs', import.meta.url), { args: [prefix(), String(count), ...unmarked] });

describe('a tracked folder', () => {
  it('is removed at the end of its session, with a socket in it, and only then', async () => {
    await using fixture = program(2);
    const [empty, used] = JSON.parse(await fixture.line(/^\[/)) as [string, string];
    await fixture.line('tracked');
    expect(statSync(empty).mode & 0o777).toBe(0o700);
    writeFileSync(join(used, 'socket'), '');
    fixture.kill('SIGKILL');
    await until(() => !existsSync(empty) && !existsSync(used), { what: 'the folders to be removed' });
    expect(readdirSync(base)).toEqual([]);
  });

  it('with more in it stays, and so does another one of its name, and what a link of its name leads to', async () => {
    await using fixture = program(4);
    const [untouched, full, replaced, linked] = JSON.parse(await fixture.line(/^\[/)) as [string, string, string, string];
    await fixture.line('tracked');
    writeFileSync(join(full, 'precious'), '');
    for (const path of [replaced, linked]) renameSync(path, `${path}-moved`);
    mkdirSync(replaced);
    mkdirSync(join(base, 'elsewhere'));
    symlinkSync(join(base, 'elsewhere'), linked);
    for (const path of [replaced, linked]) writeFileSync(join(path, 'socket'), '');
    fixture.kill('SIGKILL');
    // The list is gone through from the last one to the first.
    await until(() => !existsSync(untouched), { what: 'the first folder to be removed' });
    expect(existsSync(join(full, 'precious'))).toBe(true);
    expect(existsSync(join(replaced, 'socket'))).toBe(true);
    expect(existsSync(join(base, 'elsewhere', 'socket'))).toBe(true);
  });

  it('is removed also when its maker was killed in the middle of making it', async () => {
    const [never, made] = [join(base, 'never'), join(base, 'made')];
    await using fixture = program(0, never, made);
    await fixture.line('tracked');
    expect(existsSync(made)).toBe(true);
    fixture.kill('SIGKILL');
    await until(() => !existsSync(made), { what: 'the folder to be removed' });
  });

  it('that cannot be made is an error', () => {
    expect(() => makeTrackedFolder(join(base, 'nowhere', 'private-'))).toThrow(/ENOENT/);
    expect(() => makeTrackedFolder('relative-')).toThrow(TypeError);
  });
});

describe('removing a folder', () => {
  it('takes its mark, and what may be in it', () => {
    const path = join(base, 'folder');
    mkdirSync(path);
    const mark = native().fileMark(path) as string;
    expect(native().removeFolder(path, 'another', 'socket')).toBe(ESTALE);
    writeFileSync(join(path, 'socket'), '');
    expect(native().removeFolder(path, '', 'socket')).toBe(ENOTEMPTY);
    writeFileSync(join(path, 'more'), '');
    expect(native().removeFolder(path, mark, 'socket')).toBe(ENOTEMPTY);
    rmSync(join(path, 'more'));
    expect(native().removeFolder(path, mark, 'socket')).toBe(0);
    expect(existsSync(path)).toBe(false);
  });
});
