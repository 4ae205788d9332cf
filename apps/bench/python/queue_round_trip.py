from items import items_of, must_be_same
from protocol import ordered_work, report, run_pair
from scoreboard import TIMED, WARM_UP, Scoreboard


def ping(there, back, board, work):
    items = items_of(work['payload'])
    board.meet(0, WARM_UP)
    rally(there, back, items, work['warmup'])
    board.meet(0, TIMED)
    rally(there, back, items, work['operations'])
    board.finish(0, work['operations'])


def rally(there, back, items, count):
    make, put, get = items.make, there.put, back.get
    for i in range(count):
        put(make(i))
        must_be_same(items, get(), i)


def echo(there, back, board, work):
    get, put = there.get, back.put
    board.meet(1, WARM_UP)
    for _ in range(work['warmup']):
        put(get())
    board.meet(1, TIMED)
    for _ in range(work['operations']):
        put(get())
    board.finish(1, work['operations'])


def main():
    work, context = ordered_work()
    there, back, board = context.Queue(work['maxSize']), context.Queue(work['maxSize']), Scoreboard()
    run_pair(context, (ping, (there, back, board, work)), (echo, (there, back, board, work)))
    report(work, board.elapsed_ns(), checked=board.done(0))


if __name__ == '__main__':
    main()
