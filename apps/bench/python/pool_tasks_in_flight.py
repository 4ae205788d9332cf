from collections import deque

from pool_tasks import add_one, measure_steps, must_be, open_pool
from protocol import ordered_work


def one_by_one(pool, _work, first, count):
    apply, checked = pool.apply, 0
    for x in range(first, first + count):
        must_be(apply(add_one, (x,)), x + 1)
        checked += 1
    return checked


def in_flight(pool, work, first, count):
    """As many as the work says are under way; the next one is sent when the oldest is back."""
    apply_async, checked = pool.apply_async, 0
    under_way = deque()
    for x in range(first, first + count):
        if len(under_way) == work['inFlight']:
            checked += 1
            must_be(under_way.popleft().get(), first + checked)
        under_way.append(apply_async(add_one, (x,)))
    for result in under_way:
        checked += 1
        must_be(result.get(), first + checked)
    return checked


def main():
    work, context = ordered_work()
    steps = one_by_one if work['inFlight'] == 1 else in_flight
    measure_steps(work, open_pool(context, work), steps)


if __name__ == '__main__':
    main()
