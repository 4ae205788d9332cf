from items import items_of, must_be_same
from protocol import ordered_work, report, run_pair
from scoreboard import TIMED, WARM_UP, Scoreboard


def ping(connection, board, work):
    items = items_of(work['payload'])
    board.meet(0, WARM_UP)
    rally(connection, items, work['warmup'])
    board.meet(0, TIMED)
    rally(connection, items, work['operations'])
    board.finish(0, work['operations'])


def rally(connection, items, count):
    make, send, recv = items.make, connection.send, connection.recv
    for i in range(count):
        send(make(i))
        must_be_same(items, recv(), i)


def echo(connection, board, work):
    send, recv = connection.send, connection.recv
    board.meet(1, WARM_UP)
    for _ in range(work['warmup']):
        send(recv())
    board.meet(1, TIMED)
    for _ in range(work['operations']):
        send(recv())
    board.finish(1, work['operations'])


def main():
    work, context = ordered_work()
    (near, far), board = context.Pipe(), Scoreboard()
    run_pair(context, (ping, (near, board, work)), (echo, (far, board, work)))
    report(work, board.elapsed_ns(), checked=board.done(0))


if __name__ == '__main__':
    main()
