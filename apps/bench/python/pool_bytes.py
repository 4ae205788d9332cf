from items import items_of, must_be_same
from pool_tasks import echo, measure_steps, open_pool
from protocol import ordered_work


def main():
    work, context = ordered_work()
    items = items_of('bytes1m')

    def send_bytes(pool, _work, first, count):
        for i in range(first, first + count):
            must_be_same(items, pool.apply(echo, (items.make(i),)), i)
        return count

    measure_steps(work, open_pool(context, work), send_bytes)


if __name__ == '__main__':
    main()
