"""The rows of managers: one client, and the server in a process of its own."""
import time

from items import items_of, must_be_same
from protocol import ordered_work, report

_KEYS = 64


def numbered(manager):
    values = manager.dict()
    for key in range(_KEYS):
        values[key] = key * 3
    return values


def must_be(value, expected):
    if value != expected:
        raise SystemExit(f'The manager gave {value} instead of {expected}.')


def dict_get(manager, _work):
    values = numbered(manager)

    def run(count):
        for i in range(count):
            must_be(values[i % _KEYS], i % _KEYS * 3)
    return run


def dict_set(manager, _work):
    values = numbered(manager)

    def run(count):
        for i in range(count):
            values[i % _KEYS] = i
        for i in range(max(0, count - _KEYS), count):
            must_be(values[i % _KEYS], i)
    return run


def list_append(manager, _work):
    values = manager.list()

    def run(count):
        before = len(values)
        for i in range(count):
            values.append(i)
        must_be(values[before:], list(range(count)))
    return run


def queue(manager, work):
    items, shared = items_of(work['payload']), manager.Queue()
    make, put, get = items.make, shared.put, shared.get

    def run(count):
        for i in range(count):
            put(make(i))
            must_be_same(items, get(), i)
    return run


_ROWS = {
    'manager-dict-get': dict_get,
    'manager-dict-set': dict_set,
    # One connection of CPython has one call underway.
    'manager-dict-get-64': dict_get,
    'manager-list-append': list_append,
    'manager-queue': queue,
}


def main():
    work, context = ordered_work()
    with context.Manager() as manager:
        run = _ROWS[work['scenario']](manager, work)
        run(work['warmup'])
        start = time.monotonic_ns()
        run(work['operations'])
        report(work, time.monotonic_ns() - start, checked=work['operations'])


if __name__ == '__main__':
    main()
