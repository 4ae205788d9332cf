/** The words for a target whose module could not be loaded. */
import { ManycoreError, TargetError } from '../errors.js';
import { displayUrl } from './place.js';
import type { ExportName } from './target-name.js';
import { typescriptAdvice } from './typescript.js';

/**
 * What to throw for what the module's import threw. An error that is one of ours says itself what to do; any other is kept as the cause, its
 * message in ours.
 */
export function notLoaded({ url, path }: ExportName, verb: 'import' | 'load', error: unknown, advice = ''): ManycoreError {
  if (ManycoreError.isInstance(error)) return error;
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const message = `cannot ${verb} ${displayUrl(url)}, the module of ${path.join('.')}(), in process ${process.pid}: ${what}`;
  return new TargetError(`${message}${typescriptAdvice(url, error) || advice}`, { cause: error });
}
