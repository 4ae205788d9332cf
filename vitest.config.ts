import { defineConfig } from 'vitest/config';
import { LongestFirst } from './vitest.order.js';

const results = process.env['MANYCORE_TEST_RESULTS'];

export default defineConfig({
  test: {
    projects: ['packages/*', 'apps/*', 'examples', 'packaging'],
    // One more than the cores of the smallest machine: tests wait for processes a good part of their time. More would only measure the scheduler.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    ...(results === undefined ? {} : { reporters: ['default', 'json'], outputFile: { json: results } }),
  },
});
