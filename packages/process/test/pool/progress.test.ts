import { execFile } from 'node:child_process';
import { Writable } from 'node:stream';
import { promisify } from 'node:util';
import { Pool } from '@manycore/process';
import { spawnFixture, until } from '@manycore/testing';
import { describe, expect, it, vi } from 'vitest';
import type { MapListener } from '../../src/pool/map-run.js';
import { shown } from '../../src/pool/progress.js';
import * as tasks from '../fixtures/pool-tasks.mjs';
import { fixture } from '../helpers.js';

/** A stream that keeps what is written. */
function paper(isTTY: boolean): { readonly stream: NodeJS.WriteStream; text(): string } {
  let text = '';
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  return { stream: Object.assign(stream, { isTTY, columns: 200 }) as unknown as NodeJS.WriteStream, text: () => text };
}

const listener = () => ({ done: vi.fn<MapListener['done']>(), failed: vi.fn<MapListener['failed']>(), progress: vi.fn<NonNullable<MapListener['progress']>>() });

describe('progress without a terminal', () => {
  it('is a line at the end, and none before the first second has passed', () => {
    const { stream, text } = paper(false);
    const heard = listener();
    const told = shown(heard, 'map(f)', 4, stream);
    for (const done of [1, 2, 3, 4]) told.progress!(done, 4, 7);
    expect(text()).toBe('');
    told.done([1]);
    expect(text()).toBe('map(f): 4 of 4 (100 %)\n');
    expect([heard.done.mock.calls, heard.progress.mock.calls.length]).toEqual([[[[1]]], 4]);
  });

  it('is at most one line a second, whatever comes', () => {
    const { stream, text } = paper(false);
    const clock = vi.spyOn(performance, 'now');
    try {
      let ms = performance.now();
      clock.mockImplementation(() => ms);
      const told = shown(listener(), 'map(f)', 1000, stream);
      for (let done = 1; done <= 1000; done++) {
        ms += 3;
        told.progress!(done, 1000, 7);
        // What a task reports is not progress.
        told.progress!(done, 1000, 7, 'value');
      }
      told.done([]);
    } finally {
      clock.mockRestore();
    }
    expect(text().split('\n')).toEqual(['map(f): 334 of 1000 (33 %)', 'map(f): 668 of 1000 (66 %)', 'map(f): 1000 of 1000 (100 %)', '']);
  });

  it('says how far it came when it fails', () => {
    const { stream, text } = paper(false);
    const heard = listener();
    const told = shown(heard, 'map(f)', 3, stream);
    told.progress!(2, 3, 7);
    told.failed('why');
    expect(text()).toBe('map(f): 2 of 3 (66 %)\n');
    expect(heard.failed.mock.calls).toEqual([['why']]);
  });

  it('of nothing is complete', () => {
    const { stream, text } = paper(false);
    shown(listener(), 'map(f)', 0, stream).done([]);
    expect(text()).toBe('map(f): 0 of 0 (100 %)\n');
  });
});

describe('progress on a terminal', () => {
  it('is a bar with its name, in one row, that is left at the end', async () => {
    const { stream, text } = paper(true);
    const told = shown(listener(), 'map(f)', 4, stream);
    told.progress!(1, 4, 7);
    await until(() => text().includes('1/4'), { what: 'the bar' });
    told.done([]);
    expect(text()).toMatch(/map\(f\) \S+ 4\/4 \(100 %\)/);
    expect(text().endsWith('\n')).toBe(true);
    expect(text().split('\n')).toHaveLength(2);
    // The cursor and the wrapping of lines are left alone.
    for (const sequence of ['[?25', '[?7']) expect(text()).not.toContain(sequence);
  });

  it('shows the end of a map that was over before the bar was loaded', async () => {
    const { stream, text } = paper(true);
    const told = shown(listener(), 'map(f)', 4, stream);
    told.progress!(3, 4, 7);
    told.failed(new Error());
    await until(() => text().includes('\n'), { what: 'the bar' });
    expect(text()).toContain('3/4');
  });

  it('leaves no listener for signals', async () => {
    const before = process.listenerCount('SIGINT');
    const { stream, text } = paper(true);
    const told = shown(listener(), 'map(f)', 4, stream);
    await until(() => text().includes('0/4'), { what: 'the bar' });
    expect(process.listenerCount('SIGINT')).toBe(before);
    told.done([]);
  });
});

describe('Pool.map({ progress: true })', () => {
  it('writes lines to stderr that is no terminal, and nothing to stdout', async () => {
    await using program = spawnFixture(fixture('draws-progress.mjs'), { args: ['20', '-1'] });
    const { stdout, stderr } = await program.succeeded();
    expect(stdout).toBe('');
    expect(stderr).toMatch(/Pool\.starmap\(failAt\): 20 of 20 \(100 %\)\n$/);
  });

  it('draws on a terminal, ends with the program, and leaves the rest to it', async () => {
    const command = [process.execPath, fixture('draws-progress.mjs'), '20', '3'].join(' ');
    // util-linux: the program gets a terminal.
    const { stdout } = await promisify(execFile)('script', ['-qec', command, '/dev/null'], { env: { ...process.env, TERM: 'xterm', COLUMNS: '200' } });
    expect(stdout).toContain('Pool.starmap(failAt)');
    expect(stdout).toContain('19/20');
    expect(stdout).toContain('item 3');
  });

  it('is checked early', async () => {
    await using pool = new Pool(1);
    for (const progress of [1, 'yes', null, {}]) {
      expect(() => pool.map(tasks.double, [1], { progress: progress as never })).toThrow(TypeError);
      expect(() => pool.starmap(tasks.add, [[1, 2]], { progress: progress as never })).toThrow(TypeError);
    }
  });
});
