import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';

/** Takes what is to be done at the end: of a test, or of a file of tests. */
export type AtEnd = (cleanUp: () => void | Promise<void>) => void;

/** A fresh folder with these files (path to content), removed when the test is over. */
export function tempTree(files: Record<string, string | Uint8Array> = {}, atEnd: AtEnd = onTestFinished): string {
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'codemap-')));
  atEnd(() => rmSync(root, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    const target = path.join(root, name);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, content);
  }
  return root;
}
