import { defineConfig } from 'tsup';
import { base } from '../../tsup.base.js';

export default defineConfig([
  // The worker is an entry of its own, so that a child process imports what it needs and nothing more.
  // Both builds run at the same time: clearing `dist` must not take what the other one has written.
  { ...base, entry: ['src/main.ts', 'src/worker.ts'], clean: ['!report-client.js'] },
  // The script of the report page: one file for browsers with the charting library inside.
  {
    entry: { 'report-client': 'src/report/client/main.ts' },
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
