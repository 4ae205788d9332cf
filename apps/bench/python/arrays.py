"""The arrays of the array rows, and their check on arrival; the same as in src/program/arrays.ts."""
from array import array
from operator import itemgetter

_PLACES = 64
_RING, _BIG_RING = 7, 3
_BIG_BYTES = 16 * 2 ** 20
_STEP = 2 ** 32
_PATTERN = array('d', (i * 0.5 for i in range(1024)))


class Arrays:
    def __init__(self, size):
        self._length = size // _PATTERN.itemsize
        self.count = _RING if size < _BIG_BYTES else _BIG_RING
        self._places = [k * (self._length - 1) // (_PLACES - 1) for k in range(_PLACES)]
        self._sample = itemgetter(*self._places)
        self._expected = [tuple((number + 1) * _STEP + place for place in self._places) for number in range(self.count)]

    def prepared(self):
        """All arrays of the ring."""
        return [self._filled(number) for number in range(self.count)]

    def _filled(self, number):
        filled = _PATTERN * (self._length // len(_PATTERN))
        for place, value in zip(self._places, self._expected[number]):
            filled[place] = value
        return filled

    def must_arrive(self, value, i):
        """An array, or a view of doubles on shared memory."""
        if len(value) != self._length:
            raise SystemExit(f'Array {i} arrived with {len(value)} elements.')
        got = self._sample(value)
        if got != self._expected[i % self.count]:
            raise SystemExit(f'Array {i} arrived with {got[:3]}.')
