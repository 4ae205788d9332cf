/** Writes values that have parts: completely checked first, in memory that nobody else sees. What is copied from a view of the same type needs no check. */
import type { FieldType } from './field-type.js';
import { Memory } from './memory.js';
import { AT, MEMORY, viewedType, type MemoryView } from './memory-view.js';

const scratch = (bytes: number): Memory => new Memory(new ArrayBuffer(Math.ceil(bytes / 8) * 8), 0, Math.ceil(bytes / 8) * 8, 8);

const SPARE_BYTES = 4096;
/** Undefined while it is in use: getters of the value that is written may write something themselves. */
let spare: Memory | undefined = scratch(SPARE_BYTES);

/** @throws what `type.encode` throws; nothing was changed then. */
export function write(type: FieldType, memory: Memory, at: number, value: unknown, where: string): void {
  if (viewedType(value) === type) {
    type.move((value as MemoryView)[MEMORY], (value as MemoryView)[AT], memory, at);
    return;
  }
  const { bytes } = type;
  const taken = spare;
  if (taken === undefined || bytes > SPARE_BYTES) {
    writeThrough(scratch(bytes), type, memory, at, value, where);
    return;
  }
  spare = undefined;
  try {
    for (let i = 0; i * 8 < bytes; i++) taken.f64[i] = 0;
    writeThrough(taken, type, memory, at, value, where);
  } finally {
    spare = taken;
  }
}

function writeThrough(scratch: Memory, type: FieldType, memory: Memory, at: number, value: unknown, where: string): void {
  type.encode(scratch, 0, value, where);
  type.move(scratch, 0, memory, at);
}
