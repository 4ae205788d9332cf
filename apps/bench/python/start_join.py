import sys

# With spawn and forkserver a child imports this file again: all that the child does not need is imported below the guard.
RAN = 7


def mark():
    sys.exit(RAN)


def start_and_join(context, count):
    ran = 0
    for _ in range(count):
        process = context.Process(target=mark)
        process.start()
        process.join()
        ran += process.exitcode == RAN
    return ran


if __name__ == '__main__':
    import time

    from protocol import ordered_work, report

    work, context = ordered_work()
    start_and_join(context, work['warmup'])
    start = time.monotonic_ns()
    ran = start_and_join(context, work['operations'])
    report(work, time.monotonic_ns() - start, ran=ran)
