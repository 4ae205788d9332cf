import { defineConfig } from 'tsup';
import { base, face } from '../../tsup.base.js';

export default defineConfig([
  // All run at a time: one of them cleans up.
  {
    ...base,
    clean: ['**/*', '!entry/*.cjs*', '!index.js*'],
    entry: { internal: 'src/internal.ts', 'entry/full': 'src/entry/full.ts', 'entry/pool-worker': 'src/entry/pool-worker.ts', 'entry/pool-modules': 'src/entry/pool-modules.ts' },
  },
  { ...base, ...face },
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
