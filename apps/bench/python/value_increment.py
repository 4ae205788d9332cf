import time
from itertools import repeat

from protocol import ordered_work, report, succeed


def add_one(value, count):
    lock = value.get_lock()
    for _ in repeat(None, count):
        with lock:
            value.value += 1


def must_hold(value, expected):
    if value.value != expected:
        raise SystemExit(f'The value is {value.value} here and {expected} where it was written.')


def main():
    work, context = ordered_work()
    value = context.Value('i', 0)
    add_one(value, work['warmup'])
    start = time.monotonic_ns()
    add_one(value, work['operations'])
    elapsed = time.monotonic_ns() - start
    counter = value.value
    succeed(context.Process(target=must_hold, args=(value, counter)))
    report(work, elapsed, counter=counter - work['warmup'])


if __name__ == '__main__':
    main()
