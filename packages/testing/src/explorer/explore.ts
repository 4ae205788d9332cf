import { TestingError } from '../errors.js';
import { checkModel, type Model } from './model.js';
import { Search, type Exploration } from './search.js';

/**
 * Runs the actors of `model` through every schedule up to its bounds and checks its properties.
 *
 * @returns what was seen; `violation` holds the shortest schedule that breaks a property, if there is one.
 * @throws RangeError for a model that makes no sense.
 * @throws TestingError (`ERR_MANYCORE_TESTING_EXPLORATION`) when there are more than `maxStates` states.
 */
export function explore(model: Model): Exploration {
  return new Search(checkModel(model)).run();
}

/**
 * The same, for a model that must hold.
 *
 * @throws TestingError (`ERR_MANYCORE_TESTING_EXPLORATION`) with the whole report when a property is broken.
 */
export function verify(model: Model): Exploration {
  const exploration = explore(model);
  const { violation } = exploration;
  if (violation !== undefined) throw new TestingError('ERR_MANYCORE_TESTING_EXPLORATION', violation.report, { cause: violation.cause });
  return exploration;
}
