import { RemoteError, sharedBuffer } from '@manycore/core';
import { decode, encode, session } from '@manycore/core/internal';
import { describe, expect, it } from 'vitest';

describe('a reference that was damaged on its way', () => {
  it.each([0, -1, 4097, 2 ** 31 - 1])('to a shared buffer of %i bytes is refused where the block does not have them', (length) => {
    const encoded = encode(sharedBuffer(4096), 'item');
    const bytes = Buffer.from(encoded.bytes.subarray(0, encoded.length));
    const whole = Buffer.from([0x06, 0x00, 0x10, 0, 0]);
    expect(decode(bytes, 0, bytes.length)).toHaveLength(4096);
    bytes.writeInt32LE(length, bytes.indexOf(whole) + 1);
    expect(() => decode(bytes, 0, bytes.length)).toThrow(RemoteError);
  });

  it('to the bundle of another owner neither opens nor drops it', () => {
    const { heap } = session();
    const [owner, other, member] = [heap.allocate(64, 'test.owner'), heap.allocate(64, 'test.other'), heap.allocate(64, 'test.member')] as const;
    const bundle = heap.bundle(owner, [member], owner.address);
    expect(() => heap.unbundle(bundle, other.address, other)).toThrow(RemoteError);
    heap.dropBundle(bundle, other.address, other);
    expect(heap.unbundle(bundle, owner.address, owner).map(({ id }) => id)).toEqual([member.id]);
    heap.dropBundle(bundle, owner.address, owner);
    expect(() => heap.unbundle(bundle, owner.address, owner)).toThrow(RemoteError);
  });
});
