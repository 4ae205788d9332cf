from pool_tasks import add_one, measure_steps, must_be, open_pool
from protocol import ordered_work


def map_all(pool, work, first, count):
    checked = 0
    while checked < count:
        checked += map_once(pool, work, first + checked, min(count - checked, work.get('mapSize', count)))
    return checked


def map_once(pool, work, first, count):
    results = pool.map(add_one, list(range(first, first + count)), work.get('chunkSize'))
    checked = 0
    for result in results:
        checked += 1
        must_be(result, first + checked)
    return checked


def main():
    work, context = ordered_work()
    measure_steps(work, open_pool(context, work), map_all)


if __name__ == '__main__':
    main()
