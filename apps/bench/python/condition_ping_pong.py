from protocol import ordered_work, report, run_pair
from scoreboard import TIMED, WARM_UP, Scoreboard
from turns import take_turn


def take_turns(condition, board, side, work):
    """Takes every second turn: the even ones or the odd ones."""
    board.meet(side, WARM_UP)
    take_turns_until(condition, board.counter, side, 0, work['warmup'])
    board.meet(side, TIMED)
    board.finish(side, take_turns_until(condition, board.counter, side, work['warmup'], work['warmup'] + work['operations']))


def take_turns_until(condition, counter, side, start, end):
    wait_for, notify = condition.wait_for, condition.notify

    def is_ours():
        return counter[0] & 1 == side

    taken = 0
    for turn in range(start + side, end, 2):
        with condition:
            wait_for(is_ours)
            take_turn(counter, turn)
            taken += 1
            notify()
    return taken


def main():
    work, context = ordered_work()
    condition, board = context.Condition(context.Lock()), Scoreboard()
    run_pair(context, (take_turns, (condition, board, 0, work)), (take_turns, (condition, board, 1, work)))
    report(work, board.elapsed_ns(), counter=board.counter[0] - work['warmup'], checked=board.done(0) + board.done(1))


if __name__ == '__main__':
    main()
