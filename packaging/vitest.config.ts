import { defineProject } from 'vitest/config';
import { shared } from '../vitest.shared.js';

export default defineProject({ ...shared, test: { ...shared.test, name: '@manycore/packaging', globalSetup: ['test/setup.ts'], testTimeout: 300_000, hookTimeout: 300_000 } });
