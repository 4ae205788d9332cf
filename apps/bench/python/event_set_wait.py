from protocol import ordered_work, report, run_pair
from scoreboard import TIMED, WARM_UP, Scoreboard
from turns import take_turn


def call(there, back, board, work):
    """Has the even turns."""
    board.meet(0, WARM_UP)
    call_turns(there, back, board.counter, 0, work['warmup'])
    board.meet(0, TIMED)
    board.finish(0, call_turns(there, back, board.counter, work['warmup'], work['warmup'] + work['operations']))


def call_turns(there, back, counter, start, end):
    set_there, wait_back, clear_back = there.set, back.wait, back.clear
    taken = 0
    for turn in range(start, end, 2):
        take_turn(counter, turn)
        taken += 1
        set_there()
        wait_back()
        clear_back()
    return taken


def answer(there, back, board, work):
    """Has the odd turns."""
    board.meet(1, WARM_UP)
    answer_turns(there, back, board.counter, 1, work['warmup'])
    board.meet(1, TIMED)
    board.finish(1, answer_turns(there, back, board.counter, work['warmup'] + 1, work['warmup'] + work['operations']))


def answer_turns(there, back, counter, start, end):
    wait_there, clear_there, set_back = there.wait, there.clear, back.set
    taken = 0
    for turn in range(start, end, 2):
        wait_there()
        clear_there()
        take_turn(counter, turn)
        taken += 1
        set_back()
    return taken


def main():
    work, context = ordered_work()
    there, back, board = context.Event(), context.Event(), Scoreboard()
    run_pair(context, (call, (there, back, board, work)), (answer, (there, back, board, work)))
    report(work, board.elapsed_ns(), counter=board.counter[0] - work['warmup'], checked=board.done(0) + board.done(1))


if __name__ == '__main__':
    main()
