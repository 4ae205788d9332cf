/** The classes of managers of this package, which a server has without being told where they are. */

export type OwnClassName = 'BaseManager' | 'SyncManager';

const classes = new Map<OwnClassName, Function>();
/** Those that are bound to a start method. */
const bound = new WeakMap<Function, OwnClassName>();

export function addOwnClass(name: OwnClassName, manager: Function): void {
  classes.set(name, manager);
}

export function addBoundClass(name: OwnClassName, manager: Function): void {
  bound.set(manager, name);
}

export function ownClass(name: OwnClassName): Function {
  return classes.get(name)!;
}

export function ownNameOf(manager: Function): OwnClassName | undefined {
  for (const [name, known] of classes) if (known === manager) return name;
  return bound.get(manager);
}
