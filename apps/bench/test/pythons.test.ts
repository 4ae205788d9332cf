import { delimiter } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../src/errors.js';
import { choose, findPythons } from '../src/pythons.js';

const python = (version: string) => ({ version, executable: `python-${version}` });
const versions = (found: readonly { version: string }[]) => found.map(({ version }) => version);

describe('choose', () => {
  it('takes every build of the reference versions and no other', () => {
    expect(versions(choose(['3.13.0', '3.9.1', '3.11.7', '3.11.2', '3.12.4'].map(python)))).toEqual(['3.11.2', '3.11.7', '3.13.0']);
  });

  it('takes the newest where no reference version is, comparing numbers and not text', () => {
    expect(versions(choose(['3.9.18', '3.12.1', '3.10.13'].map(python)))).toEqual(['3.12.1']);
  });

  it('takes the same version once', () => {
    expect(choose([python('3.13.0'), { ...python('3.13.0'), executable: 'other' }])).toHaveLength(1);
  });

  it('takes nobody where nobody is', () => expect(choose([])).toEqual([]));
});

describe('findPythons', () => {
  const probe = (executable: string) => (executable.startsWith('good') ? '3.8.1' : undefined);

  it('takes exactly those that MANYCORE_BENCH_PYTHON names, of any version', () => {
    const found = findPythons({ MANYCORE_BENCH_PYTHON: ['good-a', 'good-b'].join(delimiter) }, probe);
    expect(found.map(({ executable }) => executable)).toEqual(['good-a', 'good-b']);
  });

  it('refuses a MANYCORE_BENCH_PYTHON that cannot be run, instead of measuring without it', () => {
    expect(() => findPythons({ MANYCORE_BENCH_PYTHON: ['good-a', 'bad'].join(delimiter) }, probe)).toThrow(UsageError);
    expect(() => findPythons({ MANYCORE_BENCH_PYTHON: ['good-a', 'bad'].join(delimiter) }, probe)).toThrow("'bad'");
  });

  it('finds nobody when no candidate answers', () => {
    expect(findPythons({ PATH: process.env['PATH'] }, () => undefined)).toEqual([]);
  });
});
