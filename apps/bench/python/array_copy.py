from array_sides import receive_all, send_all
from arrays import Arrays
from protocol import ordered_work, report, run_pair
from scoreboard import Scoreboard


def send_copies(connection, board, work):
    prepared = Arrays(work['arrayBytes']).prepared()
    send_all(connection, board, work, lambda i: connection.send(prepared[i % len(prepared)]))


def receive_copies(connection, board, work):
    must_arrive = Arrays(work['arrayBytes']).must_arrive
    receive_all(connection, board, work, lambda i: must_arrive(connection.recv(), i))


def main():
    work, context = ordered_work()
    (near, far), board = context.Pipe(), Scoreboard()
    run_pair(context, (send_copies, (near, board, work)), (receive_copies, (far, board, work)))
    report(work, board.elapsed_ns(), checked=board.done(1))


if __name__ == '__main__':
    main()
