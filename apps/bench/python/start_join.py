import sys

# With spawn and forkserver a child imports this file again: all that the child does not need is imported below the guard.
RAN = 7


def mark():
    sys.exit(RAN)


def start_and_join(context, count, now, rest):
    ran = elapsed = 0
    for _ in range(count):
        rest()
        start = now()
        process = context.Process(target=mark)
        process.start()
        process.join()
        elapsed += now() - start
        ran += process.exitcode == RAN
    return ran, elapsed


if __name__ == '__main__':
    import time

    from protocol import ordered_work, report

    work, context = ordered_work()
    pause = work.get('pauseMs', 0) / 1000
    rest = (lambda: time.sleep(pause)) if pause else (lambda: None)
    start_and_join(context, work['warmup'], time.monotonic_ns, rest)
    ran, elapsed = start_and_join(context, work['operations'], time.monotonic_ns, rest)
    report(work, elapsed, ran=ran)
