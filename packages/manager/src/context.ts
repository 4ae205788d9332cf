/** The managers of this package, bound to a start method. */
import type { StartMethod } from '@manycore/process';
import { BaseManager } from './base-manager.js';
import { Manager } from './manager.js';
import type { ManagerOptions } from './manager-options.js';
import { addBoundClass } from './server/own-classes.js';
import { SyncManager } from './sync-manager.js';

export interface ManagerContext {
  readonly BaseManager: typeof BaseManager;
  readonly SyncManager: typeof SyncManager;
  readonly Manager: typeof Manager;
}

const withMethod = (options: ManagerOptions, startMethod: StartMethod): ManagerOptions =>
  typeof options === 'object' && options !== null ? { ...options, startMethod: options.startMethod ?? startMethod } : options;

/** The classes have the names of those that they extend: messages begin with them. */
export function managerContext(method: StartMethod): ManagerContext {
  const [Base, Sync] = [BaseManager, SyncManager];
  const classes = {
    BaseManager: class BaseManager extends Base {
      constructor(options: ManagerOptions = {}) {
        super(withMethod(options, method));
      }
    },
    SyncManager: class SyncManager extends Sync {
      constructor(options: ManagerOptions = {}) {
        super(withMethod(options, method));
      }
    },
  };
  addBoundClass('BaseManager', classes.BaseManager);
  addBoundClass('SyncManager', classes.SyncManager);
  return { ...classes, Manager: (options = {}) => Manager(withMethod(options, method)) };
}
