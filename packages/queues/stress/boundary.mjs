/**
 * Watches which session memory this thread maps and gives back. A thread can write nothing that it has not mapped, so that is where a step outside of a ring would begin.
 */
import { native } from '@manycore/core/internal';

const WINDOW_BYTES = 2 ** 20;
/** Where blocks of more than 64 KiB begin; before that, structures of many owners share windows. */
const LARGE_BYTES = 2 ** 40;

export class Boundary {
  #rings = [];
  #outside;

  constructor() {
    const addon = native();
    const { mapWindow, mapOver, punch } = addon;
    addon.mapWindow = (fd, offset, length, shared) => {
      this.#look('mapped', offset, length);
      return mapWindow(fd, offset, length, shared);
    };
    addon.mapOver = (bytes, fd, offset) => {
      this.#look('mapped', offset, bytes.length);
      return mapOver(bytes, fd, offset);
    };
    addon.punch = (fd, offset, length) => {
      this.#look('gave back', offset, length);
      return punch(fd, offset, length);
    };
  }

  /** The memory that may be touched from here on, and no other large block. */
  allow(...blocks) {
    this.#rings = blocks.map(({ offset, bytes }) => ({ offset, end: offset + bytes }));
  }

  /** Fails when something outside was touched since. */
  check() {
    const outside = this.#outside;
    this.#outside = undefined;
    if (outside !== undefined) throw new Error(outside);
  }

  #look(what, offset, length) {
    const isWindow = what === 'mapped' && offset < LARGE_BYTES && length === WINDOW_BYTES && offset % WINDOW_BYTES === 0;
    const isInside = length > 0 && this.#rings.some((ring) => offset >= ring.offset && offset + length <= ring.end);
    if (!isWindow && !isInside) this.#outside ??= `${what} bytes ${offset} to ${offset + length}, which do not belong to the ring`;
  }
}
