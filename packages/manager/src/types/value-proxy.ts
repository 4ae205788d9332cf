import type { ElementOf, InputOf, Typecode } from '@manycore/shared';
import { registerProxyClass } from '../client/proxy-classes.js';
import { RemoteObject } from '../remote-object.js';
import type { ManagedValue } from './value.js';

/** A value with a typecode in a manager's server. Within a process tree, `Value` of @manycore/shared is the faster one. @see Python `SyncManager.Value`. Differs: checks what the typecode takes, as the local one. */
export class ValueProxy<C extends Typecode = Typecode> extends RemoteObject<ManagedValue<C>> {
  get(): Promise<ElementOf<C>> {
    return this.call('get');
  }

  /** @throws TypeError, RangeError for what the typecode does not take */
  set(value: InputOf<C>): Promise<void> {
    return this.call('set', [value]);
  }
}
registerProxyClass(ValueProxy, 'manycore.ValueProxy', import.meta.url);
