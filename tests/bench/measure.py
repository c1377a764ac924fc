#!/usr/bin/env python3
"""Times one command in one project and prints one line of a table.

  measure.py MODELS DIR RUNS COMMAND [ARGUMENT ...]

Wall time as minimum, median and maximum of the runs, and the highest peak of resident memory. Exit status 2 of the
command means that it couldn't analyse, and ends the measurement.
"""

import os
import statistics
import subprocess
import sys
import time

HEADER = f"{'models':>8} {'min ms':>10} {'median ms':>10} {'max ms':>10} {'ms/model':>9} {'peak MiB':>9}"


def run(directory, command):
    """Milliseconds and peak memory in MiB of one run."""
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=directory, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    elapsed = (time.perf_counter() - start) * 1000
    code = os.waitstatus_to_exitcode(status)
    if code not in (0, 1):
        raise SystemExit(f"exit status {code} in {directory}: {' '.join(command)}")
    return elapsed, usage.ru_maxrss / 1024


def main():
    """Reads the command line and prints the line; with no arguments, the table's head."""
    if len(sys.argv) == 1:
        print(HEADER)
        return
    models, directory, runs, *command = sys.argv[1:]
    times, peaks = zip(*(run(directory, command) for _ in range(int(runs))), strict=True)
    median = statistics.median(times)
    each = median / int(models)
    print(f"{models:>8} {min(times):10.1f} {median:10.1f} {max(times):10.1f} {each:9.3f} {max(peaks):9.1f}", flush=True)


if __name__ == "__main__":
    main()
