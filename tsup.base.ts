import type { Options } from 'tsup';

/** Shared by every package: ESM for the oldest Node line we support, declarations by `tsc` (faster than a bundler's). */
export const base: Options = {
  format: 'esm',
  target: 'node20',
  platform: 'node',
  sourcemap: true,
  clean: true,
  splitting: true,
  treeshake: true,
  silent: true,
};
