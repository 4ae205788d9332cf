/** Points to a function by module and export name, without importing the module here. */
import { describeValue } from './kind.js';
import { isMainScript } from './main-script.js';
import { importableUrl } from './place.js';
import { register } from './registry.js';
import { resolveTarget } from './resolve.js';
import type { ExportName } from './target-name.js';

type AnyFunction = (...args: never[]) => unknown;

/** The names under which a module type exports functions. */
type FunctionNames<M> = { [K in keyof M]: M[K] extends AnyFunction ? K : never }[keyof M] & string;

type FunctionOf<M, K> = M extends AnyFunction ? M : K extends keyof M ? Extract<M[K], AnyFunction> : never;

/** The parameters of the function meant, and a promise of its result. Of several possible functions: any one's. */
export type FunctionRef<F extends AnyFunction> = (...args: Parameters<F>) => Promise<Awaited<ReturnType<F>>>;

/**
 * A reference to the function that the module at `url` exports as `name`. The module is imported only where the function is called: in
 * the process it is sent to, or here when the reference itself is called.
 *
 * ```ts
 * const resize = functionRef<typeof import('./tasks.js'), 'resize'>(new URL('./tasks.js', import.meta.url), 'resize');
 * ```
 *
 * Types: with the module's type alone, arguments and result are those of any function of the module (TypeScript cannot infer one type
 * argument beside a given one); with the name as second type argument, or a function type as the first, they are exact.
 *
 * @param url - URL of the module, or an absolute path.
 * @throws TypeError when `url` is relative or `name` empty. A missing module or export is a TargetError where the function is called.
 */
export function functionRef<M, K extends FunctionNames<M> = FunctionNames<M>>(
  url: URL | string,
  name: M extends AnyFunction ? string : K,
): FunctionRef<FunctionOf<M, K>> {
  const given: unknown = url instanceof URL ? url.href : url;
  const target = typeof given === 'string' ? importableUrl(given) : undefined;
  if (target === undefined) {
    throw new TypeError(
      `functionRef: expected the URL or absolute path of a module, got ${describeValue(given)}; ` +
        `a relative one is written new URL('./tasks.js', import.meta.url)`,
    );
  }
  const exported: unknown = name;
  if (typeof exported !== 'string' || exported === '') {
    throw new TypeError(`functionRef: expected the name of an export, got ${describeValue(exported)}`);
  }
  const place: ExportName = { kind: 'export', url: target, path: [exported], isMain: isMainScript(target), match: 'identity' };
  const reference = async (...args: unknown[]): Promise<unknown> => Reflect.apply(await resolveTarget(place), undefined, args);
  Object.defineProperty(reference, 'name', { configurable: true, value: exported });
  register(reference, place);
  return reference as unknown as FunctionRef<FunctionOf<M, K>>;
}
