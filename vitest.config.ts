import { defineConfig } from 'vitest/config';
import { LongestFirst } from './vitest.order.js';

const results = process.env['MANYCORE_TEST_RESULTS'];

export default defineConfig({
  test: {
    projects: ['packages/*', 'apps/*', 'examples', 'packaging'],
    // The tests start processes of their own; more files than cores at a time would only measure the scheduler.
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    ...(results === undefined ? {} : { reporters: ['default', 'json'], outputFile: { json: results } }),
  },
});
