"""The figures as a table: what each thing cost, and how many bare answers that is."""

from collections.abc import Iterator
from typing import Any

Found = dict[str, Any]

BARS = {
    "journey": ("whole journey / bare answer", 80.0),
    "hold": ("POST hold / (bare answer + its transaction)", 4.0),
    "calendar": ("warm calendar / bare answer", 4.0),
}


def table(found: dict[str, Found]) -> str:
    """Everything that was measured, one database after the other."""
    return "\n".join(line for dialect, measured in found.items() for line in _lines(dialect, measured))


def ratios(measured: Found) -> dict[str, float]:
    """What the bars are about; only of what was measured."""
    floor = measured.get("floor")
    if floor is None:
        return {}
    bare, transaction = floor["answer"]["cpu_ms"]["server"], _cpu(floor["transaction"])
    found = {}
    if "journeys" in measured:
        steps = measured["journeys"]["steps"]
        found["journey"] = sum(step["cpu_ms"]["server"] for step in steps.values()) / bare
        found["hold"] = _cpu(steps["POST hold"]) / transaction
    if "calendar" in measured:
        found["calendar"] = _cpu(measured["calendar"]["warm"]) / bare
    return found


def _lines(dialect: str, measured: Found) -> Iterator[str]:
    heads = (("n", 6), ("/s", 8), ("CPU ms", 8), ("database", 9), ("p50 ms", 9), ("p95 ms", 9), ("p99 ms", 9))
    yield f"\n{dialect:28} " + " ".join(f"{head:>{width}}" for head, width in heads) + "    bare"
    bare = measured["floor"]["answer"]["cpu_ms"]["server"] if "floor" in measured else None
    for name, row in _rows(measured):
        cpu, taken = row["cpu_ms"], row["ms"]
        ratio = f"{cpu['server'] / bare:7.1f}" if bare else ""
        yield (
            f"{name:28} {row['number']:6} {row['per_second']:8.1f} {cpu['server']:8.2f} {cpu.get('database', 0):9.2f} "
            f"{taken['p50']:9.1f} {taken['p95']:9.1f} {taken['p99']:9.1f} {ratio}"
        )
    for name, ratio in ratios(measured).items():
        what, bar = BARS[name]
        yield f"{what:50} {ratio:7.1f}   (bar: {bar:.0f})"
    if "peak_memory_mb" in measured:
        yield f"{'peak memory of the server':50} {measured['peak_memory_mb']:7.1f} MB"
    if "level" in measured:
        for kind, level in measured["level"].items():
            yield from _change(kind, level)


def _rows(measured: Found) -> Iterator[tuple[str, Found]]:
    if "floor" in measured:
        yield "bare answer", measured["floor"]["answer"]
        yield "bare answer + transaction", measured["floor"]["transaction"]
    if "journeys" in measured:
        yield from measured["journeys"]["steps"].items()
        yield "whole journeys side by side", measured["journeys"]["whole"]
    if "calendar" in measured:
        yield "calendar cold", measured["calendar"]["cold"]
        yield "calendar warm", measured["calendar"]["warm"]


def _change(kind: str, level: Found) -> Iterator[str]:
    yield (
        f"{kind} of level over {level['departures']} departures, {level['applications']} applications: "
        f"preview {level['preview_seconds']} s (CPU {level['preview_cpu']}; "
        f"{level['preview_statements']} statements; bar 2 s)"
    )
    yield (
        f"  settled {level['settled']} of them in {level['settling_seconds']} s "
        f"(CPU {level['settling_cpu']}; {level['settling_statements']} statements, "
        f"{level['displaced']} displaced; bar 10 s), "
        f"longest lock {level['longest_lock_ms']} ms (bar 100 ms)"
    )


def _cpu(row: Found) -> float:
    """The server's CPU and the database's together: what one of them would do, the other need not."""
    return float(sum(row["cpu_ms"].values()))
