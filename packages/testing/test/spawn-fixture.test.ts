import { describe, expect, it } from 'vitest';
import { LONG, SMALL, TestingError, leakCheck, spawnFixture } from '../src/index.js';

const echo = new URL('./fixtures/echo.mjs', import.meta.url);

describe('spawnFixture', () => {
  it('hands over arguments, environment and options of Node, and collects the end', async () => {
    const leaks = leakCheck();
    const fixture = spawnFixture(echo, { args: ['a', 'b'], env: { GREETING: 'hello' }, execArgv: ['--no-warnings'] });
    fixture.end();
    const result = await fixture.succeeded();
    expect(result).toMatchObject({ exitCode: 0, signal: null, stderr: '', lines: ['args a b', 'greeting hello', 'ready'] });
    expect(result.stdout).toBe('args a b\ngreeting hello\nready\n');
    await leaks.settle();
  });

  it('waits for lines, each given out once, and sends lines', async () => {
    await using fixture = spawnFixture(echo);
    expect(await fixture.line(/^gree/)).toBe('greeting none');
    await fixture.line('ready');
    const [second, first] = [fixture.line('echo 2'), fixture.line(/^echo 1/)];
    fixture.send('1');
    fixture.send('2');
    fixture.send('1');
    expect(await Promise.all([first, second])).toEqual(['echo 1', 'echo 2']);
    expect(await fixture.line(/^echo/)).toBe('echo 1');
  });

  it('fails with the stack of the child', async () => {
    await using fixture = spawnFixture(echo);
    await fixture.line('ready');
    fixture.send('fail');
    await expect(fixture.succeeded()).rejects.toThrow(/exit code 1[^]*Error: told to fail[^]*echo\.mjs/);
    expect(await fixture.done).toMatchObject({ exitCode: 1, signal: null });
  });

  it('ends the wait for a line that does not come when the child ends', async () => {
    await using fixture = spawnFixture(echo);
    await fixture.line('ready');
    const never = fixture.line('never');
    fixture.kill('SIGKILL');
    await expect(never).rejects.toThrow(/signal SIGKILL/);
    await expect(fixture.line('later')).rejects.toBeInstanceOf(TestingError);
    expect(await fixture.done).toMatchObject({ exitCode: null, signal: 'SIGKILL' });
  });

  it('runs TypeScript', async () => {
    await using fixture = spawnFixture(new URL('./fixtures/typed.ts', import.meta.url));
    expect((await fixture.succeeded()).lines).toEqual(['answer 42']);
  });

  it('reports a Node binary that is not there', async () => {
    const fixture = spawnFixture(echo, { node: '/nowhere/node' });
    await expect(fixture.done).rejects.toThrow(/could not be started.*ENOENT/);
    await expect(fixture.line('ready')).rejects.toThrow(/could not be started/);
    expect(() => fixture.pid).toThrow(TestingError);
  });

  it('kills the whole tree of a fixture that is disposed of', async () => {
    const leaks = leakCheck();
    {
      await using fixture = spawnFixture(new URL('./fixtures/wedged-tree.mjs', import.meta.url));
      await fixture.line(/^pids/);
    }
    await leaks.settle();
  });

  it('is watched: a fixture that does not end is reported and killed with its tree', async () => {
    const leaks = leakCheck();
    const fixture = spawnFixture(new URL('./fixtures/wedged-tree.mjs', import.meta.url), { timeout: SMALL * 8 });
    const never = fixture.line('never');
    const [, root, child, orphan] = (await fixture.line(/^pids/)).split(' ');
    await expect(never).rejects.toMatchObject({ code: 'ERR_MANYCORE_TESTING_WATCHDOG' });
    const message = await fixture.done.then(
      () => 'ended',
      (error: unknown) => String(error),
    );
    for (const pid of [root, child, orphan]) expect(message).toMatch(new RegExp(`pid ${pid} \\(parent \\d+\\) state \\w`));
    expect(message).toMatch(/sleep 1000/);
    await leaks.settle(LONG);
  });
});
