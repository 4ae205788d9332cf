from executors import open_executor
from pool_tasks import add_one, measure_steps, must_be
from protocol import ordered_work


def map_all(executor, work, first, count):
    results = list(executor.map(add_one, range(first, first + count), chunksize=work['chunkSize']))
    checked = 0
    for result in results:
        checked += 1
        must_be(result, first + checked)
    return checked


def main():
    work, context = ordered_work()
    measure_steps(work, open_executor(context, work), map_all)


if __name__ == '__main__':
    main()
