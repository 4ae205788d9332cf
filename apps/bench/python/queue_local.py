import time

from items import items_of, must_be_same
from protocol import ordered_work, report


def put_and_get(queue, items, count):
    make, put, get = items.make, queue.put, queue.get
    for i in range(count):
        put(make(i))
        must_be_same(items, get(), i)


def main():
    work, context = ordered_work()
    queue, items = context.Queue(work['maxSize']), items_of(work['payload'])
    put_and_get(queue, items, work['warmup'])
    start = time.monotonic_ns()
    put_and_get(queue, items, work['operations'])
    report(work, time.monotonic_ns() - start, checked=work['operations'])


if __name__ == '__main__':
    main()
