from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor


def open_executor(context, work):
    workers = work['workers']
    return ProcessPoolExecutor(workers, mp_context=context) if work['kind'] == 'process' else ThreadPoolExecutor(workers)
