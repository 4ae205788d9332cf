import re
import time

from pool_tasks import open_pool, pid
from protocol import ordered_work, report

_PRIVATE = re.compile(r'^Private_(?:Clean|Dirty|Hugetlb): +(\d+) kB$', re.MULTILINE)
_LIMIT_S = 30


def private_bytes(process):
    with open(f'/proc/{process}/smaps_rollup') as rollup:
        return sum(int(kib) * 1024 for kib in _PRIVATE.findall(rollup.read()))


def every_pid(pool, workers):
    """The processes of the pool: it asks for who does a task until as many have answered as there are workers."""
    pids = set()
    until = time.monotonic() + _LIMIT_S
    while time.monotonic() < until:
        pids.update(pool.map(pid, range(2 * workers), 1))
        if len(pids) == workers:
            return pids
    raise SystemExit(f'{len(pids)} processes did the tasks of a pool of {workers}.')


def main():
    work, context = ordered_work()
    with open_pool(context, work) as pool:
        start = time.monotonic_ns()
        pids = every_pid(pool, work['workers'])
        elapsed = time.monotonic_ns() - start
        time.sleep(work['pauseMs'] / 1000)
        size = sum(map(private_bytes, pids)) / len(pids)
    report(work, elapsed, {'bytes': size}, checked=len(pids))


if __name__ == '__main__':
    main()
