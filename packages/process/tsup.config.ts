import { defineConfig } from 'tsup';
import { base } from '../../tsup.base.js';
import { layers } from '../../tsup.layers.js';

export default defineConfig([
  // Both run at a time: each cleans up after itself only.
  {
    ...base,
    clean: ['**/*', '!entry/*.cjs*'],
    ...layers({ 'entry/full': 'src/entry/full.ts', 'entry/pool-worker': 'src/entry/pool-worker.ts', internal: 'src/internal.ts', index: 'src/index.ts' }),
  },
  // The first file a child, process or thread, loads: CommonJS in one piece, because that boots fastest. Modules that it imports later are found beside it.
  {
    ...base,
    entry: { 'entry/child': 'src/entry/child.ts', 'entry/thread': 'src/entry/thread.ts' },
    format: 'cjs',
    outExtension: () => ({ js: '.cjs' }),
    clean: false,
    splitting: false,
  },
]);
