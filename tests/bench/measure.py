# SPDX-License-Identifier: EUPL-1.2
"""Rounds of the load generators (tests/bench/load), and what comes of them.

Used by tests/bench/compare and tests/bench/growth.
"""

import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
WINDOWS = (64, 256, 1024)
POOL = 4096    # signals that differ
TRIES = 3      # of a round: a quorum queue that was just declared may have no leader yet
MEDIANS = ("signals_per_s", "deliveries_per_s", "broker_cpu_s_per_1000", "load_cpu_s_per_1000",
           "broker_peak_kib", "broker_now_kib")
LATENCIES = ("accept_p50_ms", "accept_p99_ms", "deliver_p50_ms", "deliver_p99_ms")


def say(text):
    print(text, file=sys.stderr, flush=True)


# --- before ------------------------------------------------------------------------------------


def prepare(build, targets, others=True):
    """Install and build what is needed."""
    import brokers

    if others:
        brokers.install()
    log = subprocess.run(
        ["cmake", "--preset", "release"] if build == ROOT / "build" / "release" else ["cmake", str(build)],
        cwd=str(ROOT), capture_output=True, text=True, check=False)
    if log.returncode == 0:
        log = subprocess.run(["cmake", "--build", str(build), "--target", "sluis", "sluisd"] + targets,
                             cwd=str(ROOT), capture_output=True, text=True, check=False)
    if log.returncode != 0:
        raise SystemExit("cannot be built:\n" + (log.stdout + log.stderr)[-3000:])


def first_line(path, key):
    for line in pathlib.Path(path).read_text("utf-8", "replace").splitlines():
        if line.startswith(key):
            return line.partition(":")[2].strip()
    return ""


def fsync_ms(folder, count=200):
    """What it takes to write 4 KiB to a file in FOLDER so that it survives: the median."""
    taken = []
    with tempfile.TemporaryFile(dir=str(folder)) as f:
        for _ in range(count):
            begun = time.perf_counter()
            os.write(f.fileno(), b"x" * 4096)
            os.fdatasync(f.fileno())
            taken.append((time.perf_counter() - begun) * 1000)
    return round(statistics.median(taken), 3)


def machine(folder):
    """What the figures are of."""
    kind = subprocess.run(["df", "--output=fstype", str(folder)], capture_output=True, text=True, check=False)
    return {
        "cpu": first_line("/proc/cpuinfo", "model name"), "cores": os.cpu_count(),
        "memory_gib": round(int(first_line("/proc/meminfo", "MemTotal").split()[0]) / 2 ** 20, 1),
        "kernel": platform.release(), "file_system": kind.stdout.split()[-1], "fsync_ms": fsync_ms(folder),
        "load_before": round(os.getloadavg()[0], 2)}


# --- a round -----------------------------------------------------------------------------------


def run(build, broker, signals, seconds, window, rate=0, warm=1, recipients=None, batch=1, idle=()):
    """One round for BROKER: the figures that its load generator printed."""
    command = [str(build / "tests" / ("load-" + broker.name)), "--signals", str(signals),
               "--seconds", str(seconds), "--warm", str(warm), "--window", str(window), "--rate", str(rate),
               "--batch", str(batch)]
    command += broker.arguments(recipients) if recipients else broker.arguments()
    command += ["--idle", ",".join(idle)] if idle else []
    for left in range(TRIES - 1, -1, -1):
        done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
                              timeout=seconds + warm + 200)
        if done.returncode == 0:
            break
        say("%s: %s (%d tries left)" % (broker.name, done.stderr.strip()[-500:], left))
    if done.returncode != 0:
        raise RuntimeError("%s: its load generator failed" % broker.name)
    return json.loads(done.stdout)


def alternating(all_brokers, rounds, one):
    """[{name: figures}]: ONE(broker) for each, ROUNDS times, another one first each time."""
    taken = []
    for n in range(rounds):
        turn = n % len(all_brokers)
        taken.append({b.name: one(b) for b in all_brokers[turn:] + all_brokers[:turn]})
        say("  round %d: %s" % (n + 1, ", ".join(
            "%s %.0f/s" % (b.name, taken[-1][b.name]["signals_per_s"]) for b in all_brokers)))
    return taken


def medians(taken, name, keys):
    return {key: round(statistics.median(r[name][key] for r in taken), 4) for key in keys}


def best_way(build, broker, signals, seconds):
    """(window, batch) with which it takes most."""
    ways = [(w, b) for w in WINDOWS for b in broker.batches]
    taken = {(w, b): run(build, broker, signals, seconds, w, batch=b)["signals_per_s"] for w, b in ways}
    return max(ways, key=taken.get)


# --- the comparison ----------------------------------------------------------------------------


def start_all(o, folder, stack):
    """The brokers of O.only; a region of sluis is there in any case, for its certificates."""
    import brokers

    sluis = stack.enter_context(brokers.Sluis(folder / "region", o.build))
    started = [sluis]
    if o.only != ["sluis"]:
        brokers.make_certificates(folder / "certificates", folder / "region")
    for kind in (brokers.Mosquitto, brokers.RabbitMQ):
        if kind.name in o.only:
            started.append(stack.enter_context(kind(folder / kind.name, folder / "certificates")))
    return [b for b in started if b.name in o.only]


def compare(o, folder, stack):
    import signals as made

    signals = folder / "signals"
    made.write(str(signals), o.bytes, POOL)
    facts = machine(folder)
    say("brokers start")
    all_brokers = start_all(o, folder, stack)
    say("windows, and signals under one signature")
    ways = {b.name: best_way(o.build, b, signals, o.seconds / 3) for b in all_brokers}
    say("throughput (closed loop), with %s" % ways)
    closed = alternating(all_brokers, o.rounds, lambda b: run(
        o.build, b, signals, o.seconds, ways[b.name][0], batch=ways[b.name][1]))
    rates = {b.name: medians(closed, b.name, ["signals_per_s"])["signals_per_s"] / 2 for b in all_brokers}
    say("latency (open loop at half of that)")
    opened = alternating(all_brokers, o.rounds, lambda b: run(
        o.build, b, signals, o.seconds, ways[b.name][0], rate=rates[b.name], batch=ways[b.name][1]))
    return summary(o, facts, all_brokers, ways, closed, opened)


def of_one(broker, way, closed, opened):
    m = medians(closed, broker.name, MEDIANS)
    return {
        "version": broker.version, "promise": broker.promise, "window": way[0], "batch": way[1],
        **m,
        "cpu_s_per_1000": round(m["broker_cpu_s_per_1000"] + m["load_cpu_s_per_1000"], 4),
        "half_load_signals_per_s": medians(opened, broker.name, ["signals_per_s"])["signals_per_s"],
        **medians(opened, broker.name, LATENCIES),
        "rounds_signals_per_s": [r[broker.name]["signals_per_s"] for r in closed]}


def summary(o, facts, all_brokers, ways, closed, opened):
    result = {"machine": facts, "rounds": o.rounds, "seconds": o.seconds, "signal_bytes": o.bytes,
              "recipients": 3, "load_after": round(os.getloadavg()[0], 2)}
    for b in all_brokers:
        result[b.name] = of_one(b, ways[b.name], closed, opened)
    for other in ("mosquitto", "rabbitmq"):
        if other in result and "sluis" in result:
            result["ratio_" + other] = round(
                result["sluis"]["signals_per_s"] / max(result[other]["signals_per_s"], 1e-9), 3)
    return result


ROWS = (
    ("signals/s", "signals_per_s", "%.0f"), ("deliveries/s", "deliveries_per_s", "%.0f"),
    ("at half load, signals/s", "half_load_signals_per_s", "%.0f"),
    ("  until accepted, p50 ms", "accept_p50_ms", "%.2f"), ("  until accepted, p99 ms", "accept_p99_ms", "%.2f"),
    ("  until received, p50 ms", "deliver_p50_ms", "%.2f"), ("  until received, p99 ms", "deliver_p99_ms", "%.2f"),
    ("CPU s per 1000, broker", "broker_cpu_s_per_1000", "%.3f"),
    ("CPU s per 1000, load generator", "load_cpu_s_per_1000", "%.3f"),
    ("CPU s per 1000, both", "cpu_s_per_1000", "%.3f"), ("peak memory of the broker, KiB", "broker_peak_kib", "%.0f"),
    ("under way at most", "window", "%d"), ("under one signature at most", "batch", "%d"))


def as_text(result):
    m = result["machine"]
    names = [n for n in ("sluis", "mosquitto", "rabbitmq") if n in result]
    lines = ["%s, %d cores, %s GiB, Linux %s, %s, fdatasync of 4 KiB %s ms" % (
        m["cpu"], m["cores"], m["memory_gib"], m["kernel"], m["file_system"], m["fsync_ms"]),
        "%d bytes, %d recipients, medians of %d rounds of %s s" % (
            result["signal_bytes"], result["recipients"], result["rounds"], result["seconds"]), ""]
    lines += ["ratio to %-10s %s" % (n, result["ratio_" + n]) for n in names if "ratio_" + n in result]
    lines += ["", "%-32s" % "" + "".join("%12s" % n for n in names)]
    lines += ["%-32s" % title + "".join("%12s" % (form % result[n][key]) for n in names)
              for title, key, form in ROWS]
    return "\n".join(lines + [""] + ["%s %s: %s" % (n, result[n]["version"], result[n]["promise"]) for n in names])
