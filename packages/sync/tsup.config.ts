import { defineConfig } from 'tsup';
import { base } from '../../tsup.base.js';
import { layers } from '../../tsup.layers.js';

export default defineConfig({ ...base, ...layers({ internal: 'src/internal.ts', index: 'src/index.ts' }) });
