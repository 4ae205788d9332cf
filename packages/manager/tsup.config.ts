import { defineConfig } from 'tsup';
import { base, face } from '../../tsup.base.js';

export default defineConfig([
  // Both run at a time: one of them cleans up.
  { ...base, clean: ['**/*', '!index.js*'], entry: ['src/internal.ts'] },
  { ...base, ...face },
]);
