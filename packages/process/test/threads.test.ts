import { Process } from '@manycore/process';
import { expect, it } from 'vitest';
import { tellOfBothThreads, tellVariable } from './fixtures/starts-a-worker.mjs';
import { folder } from './helpers.js';

it('a worker thread in a child is as little a main program as the child, and has its name, parent and key', async () => {
  using files = folder();
  const child = new Process({ target: tellOfBothThreads, args: [files.file('seen')] }).start();
  await child.join();
  expect(child.error).toBeNull();
  const { own, its } = JSON.parse(files.read('seen')) as Record<'own' | 'its', Record<string, unknown>>;
  expect(own).toMatchObject({ isMainProcess: false, name: child.name, parent: process.pid, authkey: child.authkey.toString('hex') });
  expect(its).toEqual({ ...own, child: expect.any(String) });
  // Children are counted for the whole process: no two have one name.
  expect([own['child'], its['child']]).toEqual([`${child.name}:1`, `${child.name}:2`]);
});

it("passes on the variable that makes Node 20 start slowly (trap T8): it is the child's TLS that it changes", async () => {
  using files = folder();
  const child = new Process({ target: tellVariable, args: [files.file('seen'), 'NODE_EXTRA_CA_CERTS'], env: { ...process.env, NODE_EXTRA_CA_CERTS: '/dev/null' } }).start();
  await child.join();
  expect(files.read('seen')).toBe('/dev/null');
});
