from multiprocessing import resource_tracker

from array_handle import copy_to_shared, receive_names
from array_sides import send_all
from arrays import Arrays
from protocol import ordered_work, report, run_pair
from scoreboard import Scoreboard


def send_new(connection, board, work):
    """Puts each array into new shared memory, which goes when the next one is sent: the other side has answered by then."""
    prepared = Arrays(work['arrayBytes']).prepared()
    last = []

    def discard():
        while last:
            memory = last.pop()
            memory.close()
            memory.unlink()

    def send(i):
        discard()
        memory = copy_to_shared(prepared[i % len(prepared)])
        last.append(memory)
        connection.send(memory.name)

    send_all(connection, board, work, send)
    discard()


def main():
    work, context = ordered_work()
    resource_tracker.ensure_running()  # One for both children: each of its own would think that it has to clean up.
    (near, far), board = context.Pipe(), Scoreboard()
    run_pair(context, (send_new, (near, board, work)), (receive_names, (far, board, work)))
    report(work, board.elapsed_ns(), checked=board.done(1))


if __name__ == '__main__':
    main()
