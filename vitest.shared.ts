import { fileURLToPath } from 'node:url';

/** Shared by every project: child programs under `fixtures` are imported by Node itself, so that a child can import the same file. */
export const shared = {
  test: {
    pool: 'forks' as const,
    setupFiles: [fileURLToPath(new URL('./vitest.setup.ts', import.meta.url))],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    include: ['test/**/*.test.ts'],
    server: { deps: { external: [/\/test\/fixtures\//, /\/packages\/[^/]+\/dist\//] } },
  },
};
