"""Memory that measured processes share with the program that started them; layout and protocol as in src/program/scoreboard.ts."""
import mmap
import time

WARM_UP, TIMED = 1, 2
_COUNTER_BYTES = 512
_ARRIVALS_BYTES = 640, 768
_AHEAD_NS = 5_000_000
_POLL_SECONDS = 0.0002


class Scoreboard:
    """Made before the fork; all children see the same memory."""

    def __init__(self, sides=2):
        self._sides = sides
        self._start, self._end, self._done = sides - 1, sides + 2, 2 * sides + 2
        memory = memoryview(mmap.mmap(-1, 1024))
        self._words = memory[:_COUNTER_BYTES].cast('q')
        # Raised by plain additions: exact only if what is measured keeps the other side out.
        self.counter = memory[_COUNTER_BYTES:_COUNTER_BYTES + 4].cast('i')
        # How often each of two sides has come; each writes its own.
        self.arrivals = [memory[offset:offset + 4].cast('i') for offset in _ARRIVALS_BYTES]

    def meet(self, side, phase):
        words = self._words
        words[side] = phase
        if side == 0:
            for other in range(1, self._sides):
                while words[other] < phase:
                    time.sleep(_POLL_SECONDS)
            words[self._start + phase] = time.monotonic_ns() + _AHEAD_NS
        while words[self._start + phase] == 0:
            time.sleep(_POLL_SECONDS)
        start = words[self._start + phase]
        while time.monotonic_ns() < start:
            pass

    def finish(self, side, done):
        self._words[self._end + side] = time.monotonic_ns()
        self._words[self._done + side] = done

    def elapsed_ns(self):
        return max(self._words[self._end:self._end + self._sides]) - self._words[self._start + TIMED]

    def done(self, side):
        return self._words[self._done + side]
