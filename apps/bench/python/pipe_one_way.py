from items import items_of, must_be_same
from protocol import ordered_work, report, run_pair
from scoreboard import TIMED, WARM_UP, Scoreboard


def send_bytes(writer, board, work):
    make, send = items_of(work['payload']).make, writer.send_bytes
    board.meet(0, WARM_UP)
    for i in range(work['warmup']):
        send(make(i))
    board.meet(0, TIMED)
    for i in range(work['operations']):
        send(make(i))
    board.finish(0, work['operations'])


def receive_bytes(reader, board, work):
    items, receive = items_of(work['payload']), reader.recv_bytes
    board.meet(1, WARM_UP)
    for i in range(work['warmup']):
        must_be_same(items, receive(), i)
    board.meet(1, TIMED)
    for i in range(work['operations']):
        must_be_same(items, receive(), i)
    board.finish(1, work['operations'])


def main():
    work, context = ordered_work()
    (reader, writer), board = context.Pipe(duplex=False), Scoreboard()
    run_pair(context, (send_bytes, (writer, board, work)), (receive_bytes, (reader, board, work)))
    report(work, board.elapsed_ns(), checked=board.done(1))


if __name__ == '__main__':
    main()
