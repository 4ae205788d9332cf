/** Loads the modules that register the types a message mentions. */
import { SerializationError } from '../errors.js';
import { importModule, requireModule } from '../target/load-module.js';
import { reducerNamed, type Reducer } from './reducer.js';
import { shareableType, type ShareableType } from './shareable.js';
import type { TypeEntry } from './table-reader.js';
import { TypeKind } from './tag.js';

const lookUp = (type: TypeEntry): ShareableType | Reducer | undefined =>
  type.kind === TypeKind.Shareable ? shareableType(type.name) : reducerNamed(type.name);

/** The module to load before `type` is known here; undefined when it is known, or when no module was named. */
export function missingModule(type: TypeEntry): string | undefined {
  return type.module === '' || lookUp(type) !== undefined ? undefined : type.module;
}

/** The type, after its module was loaded when that was necessary: blocks for as long as that takes. */
export function requireType(type: TypeEntry): ShareableType | Reducer {
  const module = missingModule(type);
  if (module !== undefined) {
    checkFile(type);
    try {
      requireModule(module);
    } catch (cause) {
      const message = `${described(type)} was received, but loading ${module} failed; import it before receiving`;
      throw new SerializationError(message, { cause });
    }
  }
  const found = lookUp(type);
  if (found === undefined) throw new SerializationError(adviceFor(type));
  return found;
}

/** A type named by bytes from outside of the process tree: those that are known here already, and only what has no need of our memory. Loads nothing. */
export function foreignType(type: TypeEntry): Reducer {
  if (type.kind === TypeKind.Shareable) throw new SerializationError(`${described(type)} was received from outside of its process tree, where it cannot be used`);
  const known = reducerNamed(type.name);
  if (known !== undefined) return known;
  const remedy = `no module is loaded for what comes from outside: import the one that calls registerReducer(${type.name}, …) before receiving`;
  throw new SerializationError(`${described(type)} was received, but this process has no reducer for it; ${remedy}`);
}

/** Imports the module of `type` unless the type is known. For types that `require` cannot load, such as modules with a top-level await. */
export async function importType(type: TypeEntry): Promise<void> {
  const module = missingModule(type);
  if (module === undefined) return;
  checkFile(type);
  try {
    await importModule(module);
  } catch (cause) {
    throw new SerializationError(`${described(type)} was received, but importing ${module} failed`, { cause });
  }
}

/** A `data:` URL would be code inside the message. */
function checkFile(type: TypeEntry): void {
  if (type.module.startsWith('file://')) return;
  throw new SerializationError(`${described(type)} was received from ${type.module}, which is no file`);
}

function described({ kind, name }: TypeEntry): string {
  return kind === TypeKind.Shareable ? `a shared object of type ${name}` : `an instance of ${name}`;
}

function adviceFor(type: TypeEntry): string {
  if (type.module !== '') return `${described(type)} was received, but importing ${type.module} does not register it`;
  const remedy = `call registerReducer(${type.name}, …) in a module that both sides import, or give it { module: import.meta.url } there`;
  return `${described(type)} was received, but this process has no reducer for it: ${remedy}`;
}
