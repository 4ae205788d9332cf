import { defineConfig } from 'tsup';
import { base } from '../../tsup.base.js';

export default defineConfig({
  ...base,
  entry: { index: 'src/index.ts', conformance: 'src/conformance/index.ts', 'executor-tasks': 'src/conformance/executor-tasks.ts', 'program-folder': 'src/program-folder.ts' },
  external: ['typescript'],
});
