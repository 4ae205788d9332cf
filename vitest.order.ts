import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * The files that take longest, longest first: a long one that begins last leaves a processor idle. Vitest knows durations of earlier runs
 * only, which a fresh clone has none of, and then goes by size.
 */
const LONGEST = [
  'packages/manycore/test/sync.conformance.test.ts',
  'packages/process/test/process.conformance.test.ts',
  'packages/manycore/test/queues.conformance.test.ts',
  'apps/bench/test/smoke.test.ts',
  'apps/bench/test/pools.test.ts',
  'packages/manycore/test/manager.conformance.test.ts',
  'examples/test/from-python.test.ts',
  'packages/futures/test/executors.test.ts',
  'packaging/test/install.test.ts',
  'packages/process/test/pool/lifecycle.test.ts',
  'packages/process/test/loaders/ts-node.test.ts',
  'packages/process/test/loaders/vitest.test.ts',
  'packages/process/test/loaders/tsx.test.ts',
  'packages/shared/test/named/tracking.test.ts',
  'apps/demo/test/cli.test.ts',
  'packages/manager/test/lifecycle.test.ts',
  'packages/queues/test/killed.test.ts',
  'packages/process/test/pool/limits.test.ts',
  'examples/test/examples.test.ts',
  'packages/core/test/parking/robust-lock.explorer.test.ts',
  'packages/process/test/pool/deaths.test.ts',
  'packages/manycore/test/shared.conformance.test.ts',
  'apps/demo/test/report/browser.test.ts',
  'packages/manycore/test/pipe-campaign.test.ts',
  'packages/manycore/test/kill-campaign.test.ts',
  'packages/manycore/test/pool-campaign.test.ts',
  'packages/manycore/test/sync-campaign.test.ts',
].map((file) => {
  const path = fileURLToPath(new URL(file, import.meta.url));
  if (!existsSync(path)) throw new Error(`vitest.order.ts names ${file}, which does not exist`);
  return path;
});

/** Begins with the files that take longest. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const long = sorted.filter(({ moduleId }) => LONGEST.includes(moduleId)).sort((one, other) => LONGEST.indexOf(one.moduleId) - LONGEST.indexOf(other.moduleId));
    return [...long, ...sorted.filter((file) => !long.includes(file))];
  }
}
