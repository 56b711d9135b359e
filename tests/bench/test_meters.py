"""The readings of the bench: a figure that it takes for CPU must be CPU, whoever used it."""

import os
import subprocess
import sys
import time

import pytest

from tests.bench.meters import Meter, Processes, times
from tests.bench.report import ratios

BUSY = "import time\nwhile time.process_time() < 0.3: pass"
# Starts a child, waits for it, and stays until it is told to go.
PARENT = (
    f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {BUSY!r}])\nprint(flush=True)\nsys.stdin.read()"
)


def test_the_cpu_of_a_child_counts_after_it_has_ended():
    with subprocess.Popen([sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        parent.stdout.readline()

        used = Processes(parent.pid).cpu()
        parent.stdin.close()

    assert used >= 0.29


def test_waiting_costs_no_cpu():
    meter = Meter({"own": Processes(os.getpid())}).measure(lambda: time.sleep(0.3))

    assert meter.seconds >= 0.3
    assert meter.cpu["own"] < 0.15


def test_a_series_is_summed_up_by_its_middle_and_its_slowest():
    found = times(number / 1000 for number in range(1, 102))

    assert (found.p50, found.p95, found.p99) == (51, 96, 100)


def test_the_bars_compare_with_what_the_floor_cost_in_the_same_run():
    measured = {
        "floor": {"answer": {"cpu_ms": {"server": 0.25}}, "transaction": {"cpu_ms": {"server": 0.5, "database": 0.5}}},
        "journeys": {"steps": {"POST hold": {"cpu_ms": {"server": 2, "database": 1}}, "b": {"cpu_ms": {"server": 8}}}},
        "calendar": {"warm": {"cpu_ms": {"server": 0.5}}},
    }

    assert ratios(measured) == pytest.approx({"journey": 40, "hold": 3, "calendar": 2})
