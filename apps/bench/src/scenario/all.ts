import { lockScenarios } from './lock.js';
import { queueScenarios } from './queue.js';
import type { Scenario } from './scenario.js';
import { startScenarios } from './start.js';

export const scenarios: readonly Scenario[] = [...lockScenarios, ...queueScenarios, ...startScenarios];
