import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { locate } from '../../src/target/inspector.js';
import { fixture, fixtureUrl } from './build.js';

const { named } = (await import(fixtureUrl('target-tasks.mjs'))) as { named: () => void };

interface Coverage {
  readonly result: readonly { readonly url: string; readonly functions: readonly { readonly functionName: string; readonly ranges: readonly { readonly count: number }[] }[] }[];
}

describe('locate', () => {
  test('knows the module of a function that is not running, without the debugger', () => {
    expect(locate(named)?.url).toBe(fixtureUrl('target-tasks.mjs'));
  });

  test('leaves the counts of those who measure coverage as they are', () => {
    const folder = mkdtempSync(join(tmpdir(), 'coverage-'));
    try {
      execFileSync(process.execPath, [fixture('target-covered.mjs')], { env: { ...process.env, NODE_V8_COVERAGE: folder } });
      const all = readdirSync(folder).flatMap((file) => (JSON.parse(readFileSync(join(folder, file), 'utf8')) as Coverage).result);
      const covered = all.find(({ url }) => url === fixtureUrl('target-covered.mjs'));
      expect(covered?.functions.find(({ functionName }) => functionName === 'counted')?.ranges[0]?.count).toBe(123);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
