import time

from pool_tasks import add_one, must_be, open_pool
from protocol import ordered_work, report


def main():
    work, context = ordered_work()
    elapsed = 0
    for i in range(work['warmup'] + work['operations']):
        time.sleep(work.get('pauseMs', 0) / 1000)
        start = time.monotonic_ns()
        with open_pool(context, work) as pool:
            must_be(pool.apply(add_one, (i,)), i + 1)
            if i >= work['warmup']:
                elapsed += time.monotonic_ns() - start
        pool.join()
    report(work, elapsed, checked=work['operations'])


if __name__ == '__main__':
    main()
