import mmap
import time

from protocol import ordered_work, report, run_pair
from scoreboard import TIMED, WARM_UP, Scoreboard


def hammer_stamped(lock, board, waits, side, work):
    """As `hammer_holding`; the time each acquire took is in `waits`, in nanoseconds, the warm-up's overwritten by the timed ones."""
    board.meet(side, WARM_UP)
    hammer_until(lock, board.counter, waits, work['warmup'], work['holdNs'])
    board.meet(side, TIMED)
    board.finish(side, hammer_until(lock, board.counter, waits, work['warmup'] + work['operations'], work['holdNs']))


def hammer_until(lock, counter, waits, total, hold_ns):
    acquire, release, now = lock.acquire, lock.release, time.perf_counter_ns
    mine = 0
    while True:
        start = now()
        acquire()
        waited = now() - start
        before = counter[0]
        if before >= total:
            release()
            return mine
        end = now() + hold_ns
        while now() < end:
            pass
        counter[0] = before + 1
        release()
        # Not while the lock is held: the first write to a page takes a while.
        waits[mine] = waited
        mine += 1


def waits_of(room):
    return memoryview(mmap.mmap(-1, room * 8)).cast('q')


def p99(waits):
    """The shortest wait that 99 of 100 do not exceed, as src/program/waits.ts takes it."""
    return sorted(waits)[(len(waits) * 99 + 99) // 100 - 1] if waits else 0


def main():
    work, context = ordered_work()
    # Room for the case that one side gets the lock every time.
    room = max(work['warmup'], work['operations'])
    lock, board, waits = context.Lock(), Scoreboard(), (waits_of(room), waits_of(room))
    run_pair(context, (hammer_stamped, (lock, board, waits[0], 0, work)), (hammer_stamped, (lock, board, waits[1], 1, work)))
    shares = [board.done(0), board.done(1)]
    every = [*waits[0][:shares[0]], *waits[1][:shares[1]]]
    waited = {'count': len(every), 'p99Ns': p99(every)}
    report(work, board.elapsed_ns(), {'waits': waited}, counter=board.counter[0] - work['warmup'], shares=shares)


if __name__ == '__main__':
    main()
