"""What the two processes of every array row do; how an array is sent and received is given to them."""
from scoreboard import TIMED, WARM_UP


def send_all(connection, board, work, send):
    """send(i) sends the i-th array; the other side answers each with its number."""
    warmup, operations = work['warmup'], work['operations']
    board.meet(0, WARM_UP)
    send_range(connection, send, 0, warmup)
    board.meet(0, TIMED)
    send_range(connection, send, warmup, warmup + operations)
    board.finish(0, operations)


def send_range(connection, send, start, end):
    for i in range(start, end):
        send(i)
        answer = connection.recv()
        if answer != i:
            raise SystemExit(f'Array {i} was answered as {answer}.')


def receive_all(connection, board, work, receive):
    """receive(i) receives the i-th array and checks it."""
    warmup, operations = work['warmup'], work['operations']
    board.meet(1, WARM_UP)
    receive_range(connection, receive, 0, warmup)
    board.meet(1, TIMED)
    receive_range(connection, receive, warmup, warmup + operations)
    board.finish(1, operations)


def receive_range(connection, receive, start, end):
    for i in range(start, end):
        receive(i)
        connection.send(i)
