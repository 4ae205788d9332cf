from items import items_of, must_be_same
from protocol import ordered_work, report, run_pair
from scoreboard import TIMED, WARM_UP, Scoreboard


def produce(queue, board, work):
    make, put = items_of(work['payload']).make, queue.put
    board.meet(0, WARM_UP)
    for i in range(work['warmup']):
        put(make(i))
    board.meet(0, TIMED)
    for i in range(work['operations']):
        put(make(i))
    board.finish(0, work['operations'])


def consume(queue, board, work):
    items, get = items_of(work['payload']), queue.get
    board.meet(1, WARM_UP)
    for i in range(work['warmup']):
        must_be_same(items, get(), i)
    board.meet(1, TIMED)
    for i in range(work['operations']):
        must_be_same(items, get(), i)
    board.finish(1, work['operations'])


def main():
    work, context = ordered_work()
    queue, board = context.Queue(work['maxSize']), Scoreboard()
    run_pair(context, (produce, (queue, board, work)), (consume, (queue, board, work)))
    report(work, board.elapsed_ns(), checked=board.done(1))


if __name__ == '__main__':
    main()
