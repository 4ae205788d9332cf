import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A file of the build: measuring programs are started as users start them, in plain Node. */
export function built(name: string): string {
  const path = fileURLToPath(new URL(`../dist/${name}.js`, import.meta.url));
  if (!existsSync(path)) throw new Error(`apps/bench is not built (no dist/${name}.js). Run 'npx --yes pnpm@10 build' first.`);
  return path;
}
