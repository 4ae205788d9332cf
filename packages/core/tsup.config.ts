import { defineConfig } from 'tsup';
import { base } from '../../tsup.base.js';
import { layers } from '../../tsup.layers.js';

export default defineConfig([
  // Both run at a time: each cleans up after itself only.
  { ...base, clean: ['**/*', '!tracker.js*'], ...layers({ internal: 'src/internal.ts', index: 'src/index.ts' }) },
  // A program of its own, with nothing in it that it does not need.
  { ...base, clean: false, entry: { tracker: 'src/entry/tracker.ts' }, splitting: false },
]);
