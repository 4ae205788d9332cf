"""The two ends of a measuring program: the order in its first argument, the outcome as one line on stdout."""
import json
import sys
from multiprocessing import get_context
from multiprocessing.connection import wait


def ordered_work():
    """The work this program was started for, and a context of the start method it was started with."""
    return json.loads(sys.argv[1]), get_context(sys.argv[2])


def report(work, elapsed_ns, figures=None, **evidence):
    operations = work['operations']
    outcome = {'operations': operations, 'nsPerOp': elapsed_ns / operations, 'evidence': evidence}
    outcome.update(figures or {})
    print(json.dumps(outcome), flush=True)


def succeed(process):
    """Runs a process to its end."""
    process.start()
    process.join()
    if process.exitcode != 0:
        raise SystemExit(f'{process.name} ended with exit code {process.exitcode}.')


def run_pair(context, first, second):
    """As run_together, with two."""
    run_together(context, first, second)


def run_together(context, *targets):
    """Runs targets, each (function, arguments), to their end. When one fails the others, which may wait for it for ever, are killed."""
    members = [context.Process(target=target, args=args) for target, args in targets]
    for member in members:
        member.start()
    running = {member.sentinel: member for member in members}
    while running:
        for sentinel in wait(list(running)):
            member = running.pop(sentinel)
            member.join()
            if member.exitcode != 0:
                for other in running.values():
                    other.kill()
                raise SystemExit(f'{member.name} ended with exit code {member.exitcode}.')
