import time
from itertools import repeat

from protocol import ordered_work, report


def take_and_give(lock, count):
    # Bound methods and `repeat` are the fastest way to write it; `with lock` costs twice as much.
    acquire, release = lock.acquire, lock.release
    for _ in repeat(None, count):
        acquire()
        release()


def main():
    work, context = ordered_work()
    lock = context.Lock()
    take_and_give(lock, work['warmup'])
    start = time.monotonic_ns()
    take_and_give(lock, work['operations'])
    elapsed = time.monotonic_ns() - start
    excluded = lock.acquire(False) and not lock.acquire(False)
    lock.release()
    free = lock.acquire(False)
    report(work, elapsed, excluded=excluded and free)


if __name__ == '__main__':
    main()
