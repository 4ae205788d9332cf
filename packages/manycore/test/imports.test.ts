import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

/** Those of Node's own modules that take long to load, or bring others along, and that a program may never need. */
const LARGE = ['child_process', 'cluster', 'crypto', 'dgram', 'dns', 'fs/promises', 'http', 'inspector', 'net', 'perf_hooks', 'readline', 'stream', 'tls', 'v8', 'worker_threads', 'zlib'];

const PROGRAM = `
const before = new Set(process.moduleLoadList);
await import('manycore');
console.log(JSON.stringify(process.moduleLoadList.filter((name) => !before.has(name))));
`;

describe('importing all of it', () => {
  it('loads none of the large modules of Node', () => {
    const loaded = JSON.parse(execFileSync(process.execPath, ['--input-type=module', '--eval', PROGRAM], { cwd: fileURLToPath(new URL('..', import.meta.url)), encoding: 'utf8' })) as string[];
    expect(loaded).toContain('NativeModule os');
    expect(loaded.filter((name) => LARGE.includes(name.replace('NativeModule ', '')))).toEqual([]);
  });
});
