import { availableParallelism, cpus } from 'node:os';
import { execFileSync } from 'node:child_process';
import { cpuCount, processCpuCount } from '@manycore/process';
import { describe, expect, it } from 'vitest';
import { cgroupQuota, countList } from '../src/cpu-count.js';
import { fixture } from './helpers.js';

const filesystem =
  (files: Record<string, string>) =>
  (file: string): string | undefined =>
    files[file];

describe('cpu counts', () => {
  it('are those of the machine and of this process', () => {
    expect(cpuCount()).toBe(cpus().length);
    expect(processCpuCount()).toBeGreaterThanOrEqual(1);
    expect(processCpuCount()).toBeLessThanOrEqual(availableParallelism());
  });

  it('honour the affinity of the process', () => {
    const count = execFileSync(
      'taskset',
      [
        '-c',
        '0',
        process.execPath,
        '--input-type=module',
        '-e',
        `import { processCpuCount } from '@manycore/process'; console.log(processCpuCount())`,
      ],
      { cwd: fixture('') },
    );
    expect(String(count).trim()).toBe('1');
  });

  it.each([
    ['0', 1],
    ['0-3', 4],
    ['0-3,8', 5],
    ['1,3,5-6', 4],
  ])('the list %s has %i', (list, count) => expect(countList(list)).toBe(count));

  it.each([
    ['version 2 in a container', { '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/cpu.max': '150000 100000\n' }, 1.5],
    [
      'version 2 without a limit',
      { '/proc/self/cgroup': '0::/user.slice\n', '/sys/fs/cgroup/user.slice/cpu.max': 'max 100000\n' },
      Infinity,
    ],
    [
      'version 2, the tightest group on the way up',
      { '/proc/self/cgroup': '0::/a/b\n', '/sys/fs/cgroup/a/b/cpu.max': '400000 100000\n', '/sys/fs/cgroup/a/cpu.max': '200000 100000\n' },
      2,
    ],
    [
      'version 1',
      {
        '/proc/self/cgroup': '4:memory:/x\n3:cpu,cpuacct:/x\n',
        '/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us': '50000\n',
        '/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us': '100000\n',
      },
      0.5,
    ],
    [
      'version 1 without a limit',
      {
        '/proc/self/cgroup': '1:cpu:/\n',
        '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '-1\n',
        '/sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
      },
      Infinity,
    ],
    ['no control groups', {}, Infinity],
  ])('quota: %s', (_, files, quota) => expect(cgroupQuota(filesystem(files as Record<string, string>))).toBe(quota));
});
