import { arrayScenarios } from './array.js';
import { executorScenarios } from './executor.js';
import { lockScenarios } from './lock.js';
import { managerScenarios } from './manager.js';
import { pipeScenarios } from './pipe.js';
import { poolScenarios } from './pool.js';
import { queueScenarios } from './queue.js';
import type { Scenario } from './scenario.js';
import { startScenarios } from './start.js';
import { syncScenarios } from './sync.js';
import { valueScenarios } from './value.js';

export const scenarios: readonly Scenario[] = [...lockScenarios, ...valueScenarios, ...syncScenarios, ...queueScenarios, ...pipeScenarios, ...arrayScenarios, ...startScenarios, ...poolScenarios, ...executorScenarios, ...managerScenarios];
