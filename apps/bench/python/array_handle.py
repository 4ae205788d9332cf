from multiprocessing.shared_memory import SharedMemory

from array_sides import receive_all, send_all
from arrays import Arrays
from protocol import ordered_work, report, run_pair
from scoreboard import Scoreboard


def send_names(connection, board, work, names):
    send_all(connection, board, work, lambda i: connection.send(names[i % len(names)]))


def receive_names(connection, board, work):
    """Attaches, looks and closes: a name that came says nothing of whether the memory is mapped here already."""
    must_arrive = Arrays(work['arrayBytes']).must_arrive

    def receive(i):
        memory = SharedMemory(connection.recv())
        with memory.buf.cast('d') as view:
            must_arrive(view, i)
        memory.close()

    receive_all(connection, board, work, receive)


def copy_to_shared(filled):
    """New shared memory with what the array has in it."""
    with memoryview(filled) as view, view.cast('B') as content:
        memory = SharedMemory(create=True, size=content.nbytes)
        memory.buf[:content.nbytes] = content
    return memory


def main():
    work, context = ordered_work()
    (near, far), board = context.Pipe(), Scoreboard()
    shared = [copy_to_shared(filled) for filled in Arrays(work['arrayBytes']).prepared()]
    try:
        names = [memory.name for memory in shared]
        run_pair(context, (send_names, (near, board, work, names)), (receive_names, (far, board, work)))
    finally:
        for memory in shared:
            memory.close()
            memory.unlink()
    report(work, board.elapsed_ns(), checked=board.done(1))


if __name__ == '__main__':
    main()
