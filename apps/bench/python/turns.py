"""Turns that two processes take; the same as in src/program/turns.ts."""


def take_turn(counter, turn):
    if counter[0] != turn:
        raise SystemExit(f'Turn {turn} was handed over when the counter said {counter[0]}.')
    counter[0] = turn + 1
