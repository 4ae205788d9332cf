import time

from lock_uncontended import take_and_give
from protocol import ordered_work, report


def main():
    work, context = ordered_work()
    semaphore = context.Semaphore(1)
    take_and_give(semaphore, work['warmup'])
    start = time.monotonic_ns()
    take_and_give(semaphore, work['operations'])
    elapsed = time.monotonic_ns() - start
    excluded = semaphore.acquire(False) and not semaphore.acquire(False)
    semaphore.release()
    report(work, elapsed, excluded=excluded and semaphore.get_value() == 1)


if __name__ == '__main__':
    main()
