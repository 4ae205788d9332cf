"""The tasks of the pool rows and the pools that do them; the same as in src/program/pools."""
import os
import time
from multiprocessing.pool import ThreadPool

from protocol import report


def add_one(x):
    return x + 1


def echo(value):
    return value


def pid(_):
    return os.getpid()


def open_pool(context, work):
    return context.Pool(work['workers']) if work['kind'] == 'process' else ThreadPool(work['workers'])


def must_be(result, expected):
    if result != expected:
        raise SystemExit(f'{result!r} came where {expected} was due.')


def measure_steps(work, pool, steps):
    """steps(pool, work, from, count) does operations from a number on and gives how many results were compared with what was due."""
    with pool:
        steps(pool, work, 0, work['warmup'])
        start = time.monotonic_ns()
        checked = steps(pool, work, work['warmup'], work['operations'])
        elapsed = time.monotonic_ns() - start
    report(work, elapsed, checked=checked)
