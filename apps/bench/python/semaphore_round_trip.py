from protocol import ordered_work, report, run_pair
from scoreboard import TIMED, WARM_UP, Scoreboard
from turns import take_turn


def give_first(there, back, board, work):
    """Has the even turns. Two turns are one operation."""
    warmup, operations = work['warmup'], work['operations']
    board.meet(0, WARM_UP)
    give_and_take(there, back, board.counter, 0, 2 * warmup)
    board.meet(0, TIMED)
    board.finish(0, give_and_take(there, back, board.counter, 2 * warmup, 2 * (warmup + operations)))


def give_and_take(there, back, counter, start, end):
    release, acquire = there.release, back.acquire
    taken = 0
    for turn in range(start, end, 2):
        take_turn(counter, turn)
        taken += 1
        release()
        acquire()
    return taken


def take_first(there, back, board, work):
    """Has the odd turns."""
    warmup, operations = work['warmup'], work['operations']
    board.meet(1, WARM_UP)
    take_and_give(there, back, board.counter, 1, 2 * warmup)
    board.meet(1, TIMED)
    board.finish(1, take_and_give(there, back, board.counter, 2 * warmup + 1, 2 * (warmup + operations)))


def take_and_give(there, back, counter, start, end):
    acquire, release = there.acquire, back.release
    taken = 0
    for turn in range(start, end, 2):
        acquire()
        take_turn(counter, turn)
        taken += 1
        release()
    return taken


def main():
    work, context = ordered_work()
    there, back, board = context.Semaphore(0), context.Semaphore(0), Scoreboard()
    run_pair(context, (give_first, (there, back, board, work)), (take_first, (there, back, board, work)))
    report(work, board.elapsed_ns(), counter=board.counter[0] - 2 * work['warmup'], checked=board.done(0) + board.done(1))


if __name__ == '__main__':
    main()
