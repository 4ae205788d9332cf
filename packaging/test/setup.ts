/** One release for all tests of the run: made before the first of them, removed after the last. */
import type { TestProject } from 'vitest/node';
import { rehearse, type Rehearsal } from '../src/rehearsal.js';

/** What the tests are told of it. */
export type Release = Pick<Rehearsal, 'folder' | 'copy' | 'packages'> & { readonly registry: Pick<Rehearsal['registry'], 'url' | 'env'> };

declare module 'vitest' {
  interface ProvidedContext {
    release: Release;
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { folder, copy, packages, registry, close } = await rehearse();
  project.provide('release', { folder, copy, packages, registry: { url: registry.url, env: registry.env } });
  return close;
}
