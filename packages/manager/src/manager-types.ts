/** The types of each class of managers: those registered on it, and those of the classes above. */
import { Registry } from './registry.js';

const registries = new WeakMap<Function, Registry>();

/** @param manager - a class of managers. */
export function registryOf(manager: Function): Registry {
  let registry = registries.get(manager);
  if (registry === undefined) {
    const above = Object.getPrototypeOf(manager) as Function | null;
    registry = new Registry(above === null || above === Function.prototype ? undefined : registryOf(above));
    registries.set(manager, registry);
  }
  return registry;
}
