/** Which class an error counts as when it crosses a process border. */

/** The position in the list is what a message says, so the order is part of the format. */
const STANDARD = [
  'Error',
  'TypeError',
  'RangeError',
  'SyntaxError',
  'ReferenceError',
  'EvalError',
  'URIError',
  'AggregateError',
  'SuppressedError',
  'DOMException',
] as const;

export const DOM_EXCEPTION = STANDARD.indexOf('DOMException');

type ErrorConstructor = new (message?: string, ...rest: never[]) => Error;

/** The class at a position of the list in this realm; `Error` when this Node does not have it. */
export function standardClass(number: number): ErrorConstructor {
  const name = STANDARD[number] ?? 'Error';
  return (globalThis as unknown as Record<string, ErrorConstructor | undefined>)[name] ?? Error;
}

/** The position of the nearest standard class an error derives from, whatever realm it comes from. */
export function standardClassOf(error: object): number {
  for (let level: unknown = Object.getPrototypeOf(error); level !== null; level = Object.getPrototypeOf(level)) {
    const constructor: unknown = Object.getOwnPropertyDescriptor(level, 'constructor')?.value;
    if (typeof constructor !== 'function') continue;
    const number = (STANDARD as readonly string[]).indexOf(constructor.name);
    if (number > 0 && isPlatform(constructor as ErrorConstructor)) return number;
  }
  return 0;
}

/** A user's class may be called TypeError too. */
function isPlatform(constructor: ErrorConstructor): boolean {
  if ((globalThis as Record<string, unknown>)[constructor.name] === constructor) return true;
  return Function.prototype.toString.call(constructor).endsWith('{ [native code] }');
}

/** The symbol that `errors.ts` puts on the prototypes of our classes. */
export const brandOf = (name: string): symbol => Symbol.for(`manycore.error.${name}`);

/** Names of the classes of ours that an error is an instance of, the nearest first. Holds for every copy of the packages. */
export function manycoreClassesOf(error: object): string[] {
  const names: string[] = [];
  for (let level: unknown = Object.getPrototypeOf(error); level !== null; level = Object.getPrototypeOf(level)) {
    const name: unknown = Object.getOwnPropertyDescriptor(level, 'name')?.value;
    if (typeof name === 'string' && Object.hasOwn(level as object, brandOf(name))) names.push(name);
  }
  return names;
}
