import mmap

from items import items_of, must_be_same
from protocol import ordered_work, report, run_together
from scoreboard import TIMED, WARM_UP, Scoreboard

PRODUCERS = CONSUMERS = 2


def produce(queue, board, producer, work):
    """Puts half of the items, numbered from 0 over both phases. A producer is the side of its number."""
    make, put = items_of(work['payload']).make, queue.put
    warmup, operations = work['warmup'] // PRODUCERS, work['operations'] // PRODUCERS
    board.meet(producer, WARM_UP)
    for i in range(warmup):
        put({'producer': producer, 'item': make(i)})
    board.meet(producer, TIMED)
    for i in range(warmup, warmup + operations):
        put({'producer': producer, 'item': make(i)})
    board.finish(producer, operations)


def consume(queue, board, consumer, seen, work):
    """Gets half of the items. Consumers are the sides after the producers."""
    side = PRODUCERS + consumer
    items = items_of(work['payload'])
    last = [-1] * PRODUCERS
    board.meet(side, WARM_UP)
    get_each(queue, items, last, seen, work['warmup'] // CONSUMERS)
    board.meet(side, TIMED)
    get_each(queue, items, last, seen, work['operations'] // CONSUMERS)
    board.finish(side, work['operations'] // CONSUMERS)


def get_each(queue, items, last, seen, count):
    get = queue.get
    for _ in range(count):
        message = get()
        producer, item = message['producer'], message['item']
        number = item['id']
        if number <= last[producer]:
            raise SystemExit(f'Item {number} of producer {producer} came after {last[producer]}.')
        last[producer] = number
        must_be_same(items, item, number)
        seen[number * PRODUCERS + producer] += 1


def main():
    work, context = ordered_work()
    total = work['warmup'] + work['operations']
    queue, board = context.Queue(work['maxSize']), Scoreboard(PRODUCERS + CONSUMERS)
    # How often each consumer has got each item; each writes its own.
    seen = [mmap.mmap(-1, total) for _ in range(CONSUMERS)]
    run_together(
        context,
        *((produce, (queue, board, producer, work)) for producer in range(PRODUCERS)),
        *((consume, (queue, board, consumer, memoryview(seen[consumer]), work)) for consumer in range(CONSUMERS)),
    )
    once = sum(sum(times) == 1 for times in zip(*(memory[:] for memory in seen)))
    report(work, board.elapsed_ns(), checked=once - work['warmup'])


if __name__ == '__main__':
    main()
