import { defineConfig } from 'tsup';
import { base } from '../../tsup.base.js';

export default defineConfig([
  // File by file: a worker finds the function it is to run in the module that exports it, and imports what that module needs and nothing more.
  // Both builds run at the same time: clearing `dist` must not take what the other one has written.
  { ...base, entry: ['src/**/*.ts', '!src/report/client/**'], bundle: false, clean: ['!report/report-client.js'] },
  // The script of the report page: one file for browsers with the charting library inside.
  {
    entry: { 'report/report-client': 'src/report/client/main.ts' },
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    outExtension: () => ({ js: '.js' }),
    noExternal: [/.*/],
    minify: true,
    treeshake: true,
    define: { 'process.env.NODE_ENV': '"production"' },
    silent: true,
  },
]);
