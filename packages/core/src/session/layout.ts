/**
 * Where everything is in session memory. This is an ABI between processes, which may load different versions of this package: a change of any number
 * here, or of the layout of a structure that lives in this memory, bumps `LAYOUT_VERSION`, and a process refuses to join another version.
 *
 * The memory is one sparse file of 64 TiB; what is not touched costs nothing.
 *
 * | bytes from        | what                                                                       | mapped                  |
 * | ----------------- | -------------------------------------------------------------------------- | ----------------------- |
 * | 0                 | header: magic, version, budget, allocator lists, memory lock, undo log     | by everybody, 1 window  |
 * | 64 KiB            | slot table: 1024 slots of 64 bytes                                         | same window             |
 * | 128 KiB           | tenants: for each slot the last 7 threads that had it, 128 bytes each      | same window, to its end |
 * | 16 MiB            | object table: 4 Mi entries of 64 bytes                                     | windows of 1 MiB        |
 * | 1 GiB             | holdings: for each slot up to 1 Mi object numbers                          | windows of 1 MiB        |
 * | 8 GiB             | arena: blocks of 64 bytes to 64 KiB, cut from slabs of one size            | windows of 1 MiB        |
 * | 1 TiB to the end  | large blocks: powers of two from 128 KiB                                   | one window each         |
 *
 * Addresses below are word addresses (byte offset / 4) unless the name ends in `_BYTES`.
 */

export const LAYOUT_VERSION = 5;
export const MAGIC = 0x6d63_6f72; // "mcor"

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;
const TIB = 1024 * GIB;

export const MEMORY_BYTES = 64 * TIB;
/** Unit of mapping for everything but large blocks. */
export const WINDOW_BYTES = MIB;
export const PAGE_BYTES = 4 * KIB;

// --- header words ---
export const HEADER_MAGIC = 0;
export const HEADER_VERSION = 1;
/** Budget and use of it, in pages. */
export const HEADER_LIMIT_PAGES = 2;
export const HEADER_USED_PAGES = 3;
/** Bumped when a participant is found dead: sleepers of event loops then look at every lock they wait for. */
export const HEADER_DEATHS = 4;
/** The first object number never used. 0 is no object; a freed block keeps its number. */
export const HEADER_NEXT_OBJECT = 5;
/** Head of the list of objects without holders whose memory is not yet given back. */
export const HEADER_CONDEMNED = 6;
/** The first slab never used, in slabs from the start of the arena; the first large byte never used, in units of the smallest large block. */
export const HEADER_NEXT_SLAB = 8;
export const HEADER_NEXT_LARGE = 9;
/** Files to remove at the end of the session: the first record (tracking/records.ts), how many there are, and at how many to look for those that are gone. */
export const HEADER_TRACKED = 10;
export const HEADER_TRACKED_COUNT = 11;
export const HEADER_TRACKED_SWEEP_AT = 12;
/** For each size class: head of its free list. For each small class also: next uncut block of its slab, and how many are left in it. */
export const HEADER_CLASS_FREE = 16;
export const HEADER_CLASS_NEXT = 64;
export const HEADER_CLASS_LEFT = 80;
export const HEADER_MEMORY_LOCK = 128;
export const HEADER_UNDO = 256;

// --- size classes: a block of class c has 2**c bytes ---
export const SMALLEST_CLASS = 6;
export const LARGEST_SMALL_CLASS = 16;
export const LARGEST_CLASS = 40;
export const SLAB_BYTES = 64 * KIB;

// --- slots ---
export const SLOT_COUNT = 1024;
export const SLOT_TABLE = (64 * KIB) / 4;
export const SLOT_WORDS = 16;
export const SLOT_GENERATION = 0;
/** Owner's end of the doorbell as a descriptor number of that process, 0 while there is none; and what names it. */
export const SLOT_BELL = 1;
export const SLOT_BELL_ID_LOW = 2;
export const SLOT_BELL_ID_HIGH = 3;
export const SLOT_HOLD_COUNT = 4;
/** What the thread blocks on: see blocked-on.ts. */
export const SLOT_BLOCKED_ON = 5;
export const SLOT_BLOCKED_GENERATION = 6;
export const SLOT_BLOCKED_COUNT = 7;

// --- tenants of the slots: see tenants.ts ---
export const TENANTS = (128 * KIB) / 4;
export const TENANT_WORDS = 32;
export const TENANTS_PER_SLOT = 7;

// --- bytes whose locks say something: byte s for slot s, then these ---
/** Locked as long as any process of the session lives, through the description that all of them inherit; from the first tracked file on. */
export const PRESENCE_BYTE = SLOT_COUNT;
/** Locked as long as the tracker lives. */
export const TRACKER_BYTE = SLOT_COUNT + 1;
/** Locked by who looks for the tracker, and starts it. */
export const TRACKER_START_BYTE = SLOT_COUNT + 2;

// --- object table ---
export const OBJECT_TABLE = (16 * MIB) / 4;
export const OBJECT_COUNT = 4 * 1024 * 1024;
export const OBJECT_WORDS = 16;

// --- holdings ---
export const HOLDINGS = GIB / 4;
export const HOLDINGS_PER_SLOT = 1024 * 1024;

// --- blocks ---
export const ARENA_BYTES = 8 * GIB;
export const LARGE_BYTES = TIB;
export const LARGE_UNIT_BYTES = 2 ** (LARGEST_SMALL_CLASS + 1);
