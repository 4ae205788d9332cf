import { SerializationError } from '../errors.js';
import type { Encoder } from './encoder.js';
import { shareableType, type ShareRecord } from './shareable.js';
import { Tag, TypeKind } from './tag.js';

/** An object in shared memory: its type, its block, and what belongs to this view of it. */
export function writeShare(out: Encoder, record: ShareRecord): void {
  const type = shareableType(record.type);
  if (type === undefined) {
    const advice = 'the module that defines it must call registerShareable';
    throw new SerializationError(`the shared type ${record.type} is not registered; ${advice}`);
  }
  out.byte(Tag.Shareable);
  out.varint(out.table.addType(TypeKind.Shareable, record.type, type.module));
  out.varint(out.table.addBlock(record.block));
  out.value(record.state);
}
