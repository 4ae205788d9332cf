import { defineConfig } from 'tsup';
import { base } from '../../tsup.base.js';

/** File by file: there is little to bundle, and the processes that `doctor` measures import one file of it. */
export default defineConfig({ ...base, entry: ['src/**/*.ts'], bundle: false, splitting: false });
