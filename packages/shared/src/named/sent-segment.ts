/**
 * How a segment crosses processes: by its name, and by its mark, so that nobody takes another segment for it that has its name by then. A message needs a block of session memory to refer to; a segment gets
 * one when it is first sent.
 */
import { RemoteError } from '@manycore/core';
import { describe, registerBacking, registerShareable, session, type BlockRef, type ShareRecord } from '@manycore/core/internal';
import { checkName } from './name.js';
import { mappedSegment, openSegment, type Segment } from './segment.js';

const BLOCK_TYPE = 'manycore.segment';
const BUFFER_TYPE = 'manycore.segment-buffer';
/** It has no contents. */
const BLOCK_BYTES = 64;

registerShareable(BUFFER_TYPE, { module: import.meta.url, rebuild: (ref, state) => arrivedSegment(ref, state).buffer });

interface SegmentState {
  readonly name: string;
  readonly mark: string;
}

/** The record of something that is this segment and nothing else. */
export function recordOf(type: string, segment: Segment): ShareRecord {
  segment.block ??= session().heap.allocate(BLOCK_BYTES, BLOCK_TYPE);
  return { type, block: segment.block, state: { name: segment.name, mark: segment.mark } satisfies SegmentState };
}

/**
 * The segment that a record tells of: the one this thread has, else opened by its name.
 * @throws NotFoundError when it was removed, NamedMemoryError when it cannot be opened.
 */
export function arrivedSegment(ref: BlockRef, state: unknown): Segment {
  const { name, mark } = (state ?? {}) as Partial<SegmentState>;
  if (typeof name !== 'string' || typeof mark !== 'string') throw new RemoteError(`SharedMemory: a segment without a name was received: ${describe(state)}.`);
  const segment = mappedSegment(name, mark) ?? openSegment('SharedMemory', checkName(name, 'SharedMemory: a name that was received'), { mark });
  segment.block ??= session().heap.acquire(ref, BLOCK_TYPE);
  return sendable(segment);
}

const known = new WeakSet<Segment>();

/** Has views on the segment's buffer sent by reference. */
export function sendable(segment: Segment): Segment {
  if (known.has(segment)) return segment;
  known.add(segment);
  registerBacking(segment.buffer, {
    type: BUFFER_TYPE,
    get block() {
      return recordOf(BUFFER_TYPE, segment).block;
    },
    state: { name: segment.name, mark: segment.mark } satisfies SegmentState,
  });
  return segment;
}
