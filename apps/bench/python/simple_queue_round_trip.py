from protocol import ordered_work, report, run_pair
from queue_round_trip import echo, ping
from scoreboard import Scoreboard


def main():
    work, context = ordered_work()
    there, back, board = context.SimpleQueue(), context.SimpleQueue(), Scoreboard()
    run_pair(context, (ping, (there, back, board, work)), (echo, (there, back, board, work)))
    report(work, board.elapsed_ns(), checked=board.done(0))


if __name__ == '__main__':
    main()
