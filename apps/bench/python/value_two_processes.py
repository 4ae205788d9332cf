from protocol import ordered_work, report, run_pair
from scoreboard import TIMED, WARM_UP, Scoreboard


def raise_all(value, board, side, work):
    board.meet(side, WARM_UP)
    raise_until(value, work['warmup'])
    board.meet(side, TIMED)
    board.finish(side, raise_until(value, work['warmup'] + work['operations']))


def raise_until(value, total):
    lock = value.get_lock()
    mine = 0
    while True:
        with lock:
            if value.value >= total:
                return mine
            value.value += 1
        mine += 1


def main():
    work, context = ordered_work()
    value, board = context.Value('i', 0), Scoreboard()
    run_pair(context, (raise_all, (value, board, 0, work)), (raise_all, (value, board, 1, work)))
    report(work, board.elapsed_ns(), counter=value.value - work['warmup'], shares=[board.done(0), board.done(1)])


if __name__ == '__main__':
    main()
