import { defineConfig } from 'tsup';
import { base } from '../../tsup.base.js';

/** One file out per file in: every measuring program and every process target stays a module that a child can import alone. */
export default defineConfig({ ...base, entry: ['src/**/*.ts'], bundle: false, splitting: false, treeshake: false });
