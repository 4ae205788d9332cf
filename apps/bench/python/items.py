"""What travels in the queue rows, and its check on arrival; the same as in src/program/items.ts."""

_NAME = 'sample item'
_VALUES = [0, 1.5, 3, 4.5, 6, 7.5, 9, 10.5, 12, 13.5]
_RING, _BIG_RING = 61, 7


class _Objects:
    def make(self, i):
        return {'id': i, 'name': _NAME, 'values': _VALUES}

    def same(self, value, i):
        return value == {'id': i, 'name': _NAME, 'values': _VALUES}


class _Ring:
    def __init__(self, prepared):
        self._prepared = prepared
        self._length = len(prepared)

    def make(self, i):
        return self._prepared[i % self._length]

    def same(self, value, i):
        return value == self._prepared[i % self._length]


def _strings(length):
    return _Ring([str(i).rjust(8, '0').ljust(length, 'x') for i in range(_RING)])


def _pattern(length, seed):
    return bytes((seed + j * 7) & 0xff for j in range(256)) * (length // 256)


def items_of(payload):
    if payload == 'object':
        return _Objects()
    if payload == 'string20':
        return _strings(20)
    if payload == 'string100':
        return _strings(100)
    if payload == 'bytes1k':
        return _Ring([_pattern(1024, i) for i in range(_RING)])
    if payload == 'bytes1m':
        return _Ring([_pattern(1024 * 1024, i) for i in range(_BIG_RING)])
    raise SystemExit(f'There is no payload {payload!r}.')


def must_be_same(items, value, i):
    if not items.same(value, i):
        raise SystemExit(f'Item {i} arrived as {repr(value)[:200]}.')
