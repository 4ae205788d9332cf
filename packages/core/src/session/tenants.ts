/**
 * Who had which slot: pid and name of its last 7 tenants. A slot is taken again within milliseconds, and what is said of the dead (who held this lock?) is often said later.
 *
 * The tenant with generation g is in record g % 7 of its slot, so the next six leave it alone.
 *
 * | word of a record | meaning                                          |
 * | ---------------- | ------------------------------------------------ |
 * | 0                | generation of the tenant; 0 while it is changed  |
 * | 1                | pid                                              |
 * | 2                | bytes of the name                                |
 * | 3..31            | the name, UTF-8, cut to 116 bytes                |
 *
 * Only who has claimed the slot writes: (1) generation = 0; (2) pid and name; (3) generation. A reader reads the generation before and after the rest: with the one it looks for both
 * times it has one tenant and not halves of two.
 *
 * | killed after | what is left                                                                              |
 * | ------------ | ----------------------------------------------------------------------------------------- |
 * | 1 or 2       | nobody: whoever was there had the slot seven tenants ago. The next claimant begins anew    |
 * | 3            | a tenant whose generation the slot may not have yet: nobody asks for it, and the next claimant takes its place |
 */
import type { Words } from '../memory/words.js';
import { generationOf, slotOf } from '../parking/kernel.js';
import { TENANT_WORDS, TENANTS_PER_SLOT } from './layout.js';

const GENERATION = 0;
const PID = 1;
const NAME_LENGTH = 2;
const NAME = 3;
const NAME_BYTES = (TENANT_WORDS - NAME) * 4;

export interface Tenant {
  readonly pid: number;
  readonly name: string;
}

export class Tenants {
  /** @param words - the tenants of all slots. */
  constructor(readonly words: Pick<Words, 'load' | 'store'>) {}

  /** Writes who this thread is. Only by who has claimed the slot; again when its name changes. */
  enter(owner: number, { pid, name }: Tenant): void {
    const { words } = this;
    const at = recordOf(owner);
    const bytes = Buffer.alloc(NAME_BYTES);
    const length = bytes.write(name, 'utf8');
    words.store(at + GENERATION, 0);
    words.store(at + PID, pid);
    words.store(at + NAME_LENGTH, length);
    for (let i = 0; i < length; i += 4) words.store(at + NAME + i / 4, bytes.readInt32LE(i));
    words.store(at + GENERATION, generationOf(owner));
  }

  /** Who wrote this owner word, dead or alive; null once seven others have had the slot since. */
  of(owner: number): Tenant | null {
    const { words } = this;
    const at = recordOf(owner);
    if (words.load(at + GENERATION) !== generationOf(owner)) return null;
    const pid = words.load(at + PID);
    const length = Math.min(words.load(at + NAME_LENGTH), NAME_BYTES);
    const bytes = Buffer.alloc(NAME_BYTES);
    for (let i = 0; i < length; i += 4) bytes.writeInt32LE(words.load(at + NAME + i / 4), i);
    return words.load(at + GENERATION) === generationOf(owner) ? { pid, name: bytes.toString('utf8', 0, length) } : null;
  }
}

const recordOf = (owner: number): number => (slotOf(owner) * TENANTS_PER_SLOT + (generationOf(owner) % TENANTS_PER_SLOT)) * TENANT_WORDS;
