"""Memory that two measured processes share with the program that started them; layout and protocol as in src/program/scoreboard.ts."""
import mmap
import time

WARM_UP, TIMED = 1, 2
_START, _END, _DONE = 1, 4, 6
_COUNTER_BYTES = 512
_ARRIVALS_BYTES = 640, 768
_AHEAD_NS = 5_000_000
_POLL_SECONDS = 0.0002


class Scoreboard:
    """Made before the fork; both children see the same memory."""

    def __init__(self):
        memory = memoryview(mmap.mmap(-1, 1024))
        self._words = memory[:_COUNTER_BYTES].cast('q')
        # Raised by plain additions: exact only if what is measured keeps the other side out.
        self.counter = memory[_COUNTER_BYTES:_COUNTER_BYTES + 4].cast('i')
        # How often each side has come; each writes its own.
        self.arrivals = [memory[offset:offset + 4].cast('i') for offset in _ARRIVALS_BYTES]

    def meet(self, side, phase):
        words = self._words
        words[side] = phase
        if side == 0:
            while words[1] < phase:
                time.sleep(_POLL_SECONDS)
            words[_START + phase] = time.monotonic_ns() + _AHEAD_NS
        while words[_START + phase] == 0:
            time.sleep(_POLL_SECONDS)
        start = words[_START + phase]
        while time.monotonic_ns() < start:
            pass

    def finish(self, side, done):
        self._words[_END + side] = time.monotonic_ns()
        self._words[_DONE + side] = done

    def elapsed_ns(self):
        return max(self._words[_END], self._words[_END + 1]) - self._words[_START + TIMED]

    def done(self, side):
        return self._words[_DONE + side]
