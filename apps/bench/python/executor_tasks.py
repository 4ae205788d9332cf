from collections import deque

from executors import open_executor
from pool_tasks import add_one, measure_steps, must_be
from protocol import ordered_work


def one_by_one(executor, _work, first, count):
    submit, checked = executor.submit, 0
    for x in range(first, first + count):
        must_be(submit(add_one, x).result(), x + 1)
        checked += 1
    return checked


def in_flight(executor, work, first, count):
    """As many as the work says are under way; the next one is sent when the oldest is back."""
    submit, checked = executor.submit, 0
    under_way = deque()
    for x in range(first, first + count):
        if len(under_way) == work['inFlight']:
            checked += 1
            must_be(under_way.popleft().result(), first + checked)
        under_way.append(submit(add_one, x))
    for future in under_way:
        checked += 1
        must_be(future.result(), first + checked)
    return checked


def main():
    work, context = ordered_work()
    steps = one_by_one if work['inFlight'] == 1 else in_flight
    measure_steps(work, open_executor(context, work), steps)


if __name__ == '__main__':
    main()
