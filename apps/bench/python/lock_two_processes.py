import time

from protocol import ordered_work, report, run_pair
from scoreboard import TIMED, WARM_UP, Scoreboard


def hammer(lock, board, side, work):
    hold = hammer_holding if work['holdNs'] else hammer_at_once
    board.meet(side, WARM_UP)
    hold(lock, board.counter, work['warmup'], work['holdNs'])
    board.meet(side, TIMED)
    board.finish(side, hold(lock, board.counter, work['warmup'] + work['operations'], work['holdNs']))


def hammer_at_once(lock, counter, total, _hold_ns):
    acquire, release = lock.acquire, lock.release
    mine = 0
    while True:
        acquire()
        before = counter[0]
        if before >= total:
            release()
            return mine
        counter[0] = before + 1
        release()
        mine += 1


def hammer_holding(lock, counter, total, hold_ns):
    acquire, release, now = lock.acquire, lock.release, time.perf_counter_ns
    mine = 0
    while True:
        acquire()
        before = counter[0]
        if before >= total:
            release()
            return mine
        end = now() + hold_ns
        while now() < end:
            pass
        counter[0] = before + 1
        release()
        mine += 1


def main():
    work, context = ordered_work()
    lock, board = context.Lock(), Scoreboard()
    run_pair(context, (hammer, (lock, board, 0, work)), (hammer, (lock, board, 1, work)))
    report(work, board.elapsed_ns(), counter=board.counter[0] - work['warmup'], shares=[board.done(0), board.done(1)])


if __name__ == '__main__':
    main()
