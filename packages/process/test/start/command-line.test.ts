import { describe, expect, it } from 'vitest';
import { inheritedOptions } from '../../src/start/command-line.js';

describe('the options a child takes over', () => {
  it.each([
    [
      ['--import', 'tsx', '--require=./x.cjs', '-C', 'dev'],
      ['--import', 'tsx', '--require=./x.cjs', '-C', 'dev'],
    ],
    [
      ['--max-old-space-size=100', '--expose-gc'],
      ['--max-old-space-size=100', '--expose-gc'],
    ],
    [['--inspect', '--inspect-brk=9229', '--inspect_port', '0', '--expose-gc'], ['--expose-gc']],
    [['-e', 'code', '--no-warnings'], ['--no-warnings']],
    [['--eval=code', '-p', 'code', '-pe', 'code', '--print=code'], []],
    [['--input-type=module', '--input-type', 'module'], []],
    [['--test', '--test-reporter=spec', '--test-name-pattern', 'x', '--experimental-test-coverage'], []],
    [['--watch', '--watch-path', './src', '--watch-preserve-output', '--no-warnings'], ['--no-warnings']],
    [
      ['--permission', '--allow-addons', '--allow-fs-read=*'],
      ['--permission', '--allow-addons', '--allow-fs-read=*'],
    ],
  ])('%j', (given, kept) => expect(inheritedOptions(given)).toEqual(kept));
});
