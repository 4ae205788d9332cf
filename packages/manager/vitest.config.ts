import { defineProject } from 'vitest/config';
import { shared } from '../../vitest.shared.js';

/** The built packages are imported by Node itself, as by the child programs: one copy, and the child entry beside it. */
const deps = { external: [...shared.test.server.deps.external, /\/packages\/[^/]+\/dist\//] };

export default defineProject({ ...shared, test: { ...shared.test, name: '@manycore/manager', server: { deps } } });
