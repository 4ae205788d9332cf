/** `/dev/shm` full, missing, or not to be written to: in a mount namespace of its own. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { spawnFixture } from '@manycore/testing';
import { describe, expect, it } from 'vitest';

const trial = spawnSync('unshare', ['-m', 'true'], { encoding: 'utf8' });
const obstacle = trial.error?.message ?? (trial.status === 0 ? undefined : trial.stderr.trim());
if (obstacle !== undefined) console.warn(`without-dev-shm.test.ts is skipped: it needs root, to mount: ${obstacle}`);

/** Every line that the fixture says, by its first word. */
async function run(setUp: string): Promise<Record<string, string>> {
  const program = fileURLToPath(new URL('./fixtures/without-dev-shm.mjs', import.meta.url));
  await using fixture = spawnFixture(program, { node: 'unshare', execArgv: ['-m', 'sh', '-ec', `${setUp}; exec "$0" "$@"`, process.execPath] });
  const { lines } = await fixture.succeeded();
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]));
}

const ELSEWHERE = 'd=$(mktemp -d); mount -t tmpfs tmpfs $d; for f in null urandom zero; do touch $d/$f; mount --bind /dev/$f $d/$f; done';
const NEEDS = /^NamedMemoryError E\w+ .*named memory needs \/dev\/shm/;

describe.skipIf(obstacle !== undefined)('where /dev/shm', () => {
  it('is full, a new segment is refused and leaves nothing; what fits goes on', async () => {
    const said = await run('mount -t tmpfs -o size=1m tmpfs /dev/shm');
    expect(said['large']).toMatch(/^OutOfMemoryError ENOSPC .*no room for 8388608 bytes/);
    expect(said['small']).toBe('fine');
    expect(said['attach']).toMatch(/^NotFoundError ENOENT/);
    expect(said['listing']).toBe('[]');
    expect(said['others']).toBe('42 7 3');
  });

  it('has no inodes left, a new segment is refused and leaves nothing', async () => {
    const said = await run('mount -t tmpfs -o nr_inodes=1 tmpfs /dev/shm');
    expect(said['small']).toMatch(/^OutOfMemoryError ENOSPC/);
    expect(said['listing']).toBe('[]');
    expect(said['others']).toBe('42 7 3');
  });

  it('is missing, named memory says what it needs, and all else works', async () => {
    const said = await run(`${ELSEWHERE}; mount --rbind $d /dev`);
    for (const call of ['large', 'small', 'attach', 'list', 'untracked']) expect(said[call]).toMatch(NEEDS);
    expect(said['others']).toBe('42 7 3');
  });

  it('cannot be written to, named memory says what it needs, and all else works', async () => {
    const said = await run('mount -t tmpfs -o ro tmpfs /dev/shm');
    for (const call of ['large', 'small', 'list', 'untracked']) expect(said[call]).toMatch(NEEDS);
    expect(said['attach']).toMatch(/^NotFoundError/);
    expect(said['listing']).toBe('[]');
    expect(said['others']).toBe('42 7 3');
  });
});
