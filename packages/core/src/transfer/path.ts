/** Where in a value the encoder is, for error messages. The encoder only stores steps; text is made when something went wrong. */

/** Into a Map or Set, where neither a key nor an index tells the way. */
export class CollectionStep {
  /** @param key - of the Map, when the step goes to its value. */
  constructor(
    readonly kind: 'key' | 'value' | 'item',
    readonly index: number,
    readonly key?: unknown,
  ) {}
}

/** A property name, an array index, or a way into a collection. */
export type Step = string | number | CollectionStep;

/** For example `args[0].handlers.get("click")`. */
export function describePath(root: string, steps: readonly Step[]): string {
  return root + steps.map(describeStep).join('');
}

function describeStep(step: Step): string {
  if (typeof step === 'number') return `[${step}]`;
  if (typeof step === 'string') return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
  if (step.kind === 'value') {
    const key = describeKey(step.key);
    if (key !== undefined) return `.get(${key})`;
  }
  return step.kind === 'key' ? `.keys()[${step.index}]` : `.values()[${step.index}]`;
}

function describeKey(key: unknown): string | undefined {
  if (typeof key === 'string') return JSON.stringify(key);
  return typeof key === 'object' || typeof key === 'function' || typeof key === 'symbol' ? undefined : String(key);
}

/** What is wrong with a primitive value, or a function, that no message can hold; continues a sentence that starts with the path. */
export function describePrimitive(value: unknown): string {
  if (typeof value === 'symbol') return 'is a symbol';
  const isClass = /^class\b/.test(Function.prototype.toString.call(value));
  if (isClass) return 'is a class; send a name for it, or an instance with a reducer';
  return 'is a function; export it from a module and send its name';
}
