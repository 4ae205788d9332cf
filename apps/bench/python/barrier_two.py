from protocol import ordered_work, report, run_pair
from scoreboard import TIMED, WARM_UP, Scoreboard


def meet_again(barrier, board, side, work):
    """Meets the other side again and again. Who was given the index 0, one of the two, raises the counter."""
    board.meet(side, WARM_UP)
    meet_until(barrier, board, side, 0, work['warmup'])
    board.meet(side, TIMED)
    board.finish(side, meet_until(barrier, board, side, work['warmup'], work['warmup'] + work['operations']))


def meet_until(barrier, board, side, start, end):
    wait, counter, mine, others = barrier.wait, board.counter, board.arrivals[side], board.arrivals[1 - side]
    met = 0
    for arrival in range(start + 1, end + 1):
        mine[0] = arrival
        index = wait()
        if others[0] < arrival:
            raise SystemExit(f'The barrier opened for arrival {arrival} when the other side had come {others[0]} times.')
        met += 1
        if index == 0:
            counter[0] += 1
    return met


def main():
    work, context = ordered_work()
    barrier, board = context.Barrier(2), Scoreboard()
    run_pair(context, (meet_again, (barrier, board, 0, work)), (meet_again, (barrier, board, 1, work)))
    report(work, board.elapsed_ns(), counter=board.counter[0] - work['warmup'], checked=board.done(0) + board.done(1))


if __name__ == '__main__':
    main()
