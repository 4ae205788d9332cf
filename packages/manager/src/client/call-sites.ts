/** Where calls came from, by what they called: see Origins of @manycore/process. */
import { now } from '@manycore/core/internal';
import { Origins, type Origin } from '@manycore/process/internal';

const origins = new Origins();
const keys = new Map<string, Function>();

/** @param what - the type and method. @param entry - the function of ours that was called; lines above it are left out. */
export function callSite(what: string, entry: Function): Origin {
  let key = keys.get(what);
  if (key === undefined) keys.set(what, (key = () => undefined));
  return origins.of(key, entry, now());
}
