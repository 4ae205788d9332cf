import time

from protocol import ordered_work, report


def fill(array, i, _total):
    array[:] = [float(i)] * len(array)
    step = len(array) // 64
    return all(array[at] == i for at in range(0, len(array), step)) and array[len(array) - 1] == i


def total_of(array, _i, total):
    return sum(array) == total


def main():
    work, context = ordered_work()
    length = work['arrayBytes'] // 8
    array = context.RawArray('d', range(length))
    one_pass = fill if work['scenario'] == 'view-fill' else total_of
    total = length * (length - 1) / 2
    # A pass takes tens of milliseconds, all alike: two are enough to be warm.
    for i in range(2):
        one_pass(array, i, total)
    start = time.monotonic_ns()
    checked = sum(one_pass(array, i, total) for i in range(work['operations']))
    report(work, time.monotonic_ns() - start, checked=checked)


if __name__ == '__main__':
    main()
