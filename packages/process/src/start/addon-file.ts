import { createRequire } from 'node:module';

/** The addon that core has loaded, so that a child need not look for it; undefined when it is not to be found, and then a child does. */
export function addonFile(): string | undefined {
  return Object.keys(createRequire(process.execPath).cache).find((file) => file.endsWith('manycore.node'));
}
