import { spawnFixture } from '@manycore/testing';
import { describe, expect, it } from 'vitest';
import { fixture } from './helpers.js';

describe('targets in the main script', () => {
  it('work behind the guard, with a top-level await, and see the arguments of the program', async () => {
    await using program = spawnFixture(fixture('main-guarded.mjs'), { args: ['--flag', 'x'] });
    const { lines } = await program.succeeded();
    expect(lines).toEqual(['top level, main true', 'top level, main false', 'work 42 in Process-1, main false, --flag x', 'exit code 0']);
  });

  it('without the guard fail with an error that names it', async () => {
    await using program = spawnFixture(fixture('main-unguarded.mjs'));
    const { lines, stderr } = await program.succeeded();
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatch(/^exit code 1, BootstrappingError: .*if \(isMainProcess\)/);
    expect(stderr.match(/Process Process-1:/g)).toHaveLength(1);
  });

  it('without the guard in an async function, too: no process of a process of a process', async () => {
    await using program = spawnFixture(fixture('main-unguarded-async.mjs'));
    const { lines } = await program.succeeded();
    expect(lines).toEqual(['started Process-1', 'exit code 1, BootstrappingError']);
  });

  it('work from CommonJS', async () => {
    await using program = spawnFixture(fixture('main.cjs'));
    expect((await program.succeeded()).lines).toEqual(['work 7, main false', 'exit code 0']);
  });

  it('work from TypeScript under the loader of the parent', async () => {
    await using program = spawnFixture(fixture('main.ts'));
    expect((await program.succeeded()).lines).toEqual(['work 9, main false', 'exit code 0 ']);
  });

  it('work when the parent has the options of a test run, a debugger or `node --eval`', async () => {
    const text = `import { Process } from '@manycore/process'; import { say } from './tasks.mjs';
      const child = new Process({ target: say, args: ['evaluated'] }).start(); await child.join(); console.log(child.exitCode);`;
    await using program = spawnFixture('-', { execArgv: ['--inspect=0', '--input-type=module', '--eval', text], cwd: fixture('') });
    expect((await program.succeeded()).lines).toEqual(['evaluated', '0']);
  });
});
