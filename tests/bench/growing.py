# SPDX-License-Identifier: EUPL-1.2
"""One thing grows at a time, and a signal's cost is measured at each step."""

import json
import shutil
import subprocess

import brokers
import measure
import signals

BYTES = (512, 1024, 4096, 16384, 65536)
ENTRIES = (10 ** 3, 10 ** 4, 10 ** 5, 10 ** 6, 10 ** 7)
PARTIES = (4, 16, 64, 400)
RECIPIENTS = (1, 3, 8, 16, 32, 64)
POOL_BYTES = 4 << 20
BATCH = 32
COPIES = 768    # under way at once, whatever their number for a signal
DEMO_DESKS = 15    # of the agencies; the auditor has a door of its own
OTHERS = ("analist", "aandacht", "ketenregisseur", "procesregisseur", "teamleiding", "zorgcoordinator",
          "veiligthuis", "belastingdienst", "kmar", "opvang", "comensha")    # who else of the demo may wait

PARTY = """\
  - oin: "{oin}"
    name: Politie {name} (verzonnen)
    role: police
    desks: [avim]
    signed:
      - {{convenant: riec, from: 2025-03-01, until: 2028-12-31}}

"""


class Field:
    """A region with its signals, and rounds in it."""

    def __init__(self, o, folder, *up):
        self.o, self.folder = o, folder
        folder.mkdir()
        self.sluis = brokers.Sluis(folder / "region", o.build, *up)

    def signals(self, size=1024):
        path = self.folder / ("signals-%d" % size)
        if not path.exists():
            signals.write(str(path), size, max(64, min(measure.POOL, POOL_BYTES // size)))
        return path

    def round(self, key, value, size=1024, recipients=None, idle=()):
        """The figures of a round, as a point of the curve KEY."""
        window = COPIES // len(recipients or brokers.RECIPIENTS) // (1 if size <= 4096 else 4)
        f = measure.run(self.o.build, self.sluis, self.signals(size), self.o.seconds, window,
                        recipients=recipients, batch=min(BATCH, window), idle=idle)
        measure.say("  %s %d: %.0f signals/s, %.3f ms of the broker" % (
            key, value, f["signals_per_s"], f["broker_cpu_s_per_1000"]))
        return {"at": value, "cpu_ms_per_signal": f["broker_cpu_s_per_1000"],
                "cpu_ms_per_copy": round(f["broker_cpu_s_per_1000"] / f["recipients"], 4),
                "sent": f["sent"],
                "cpu_ms_per_kib": round(f["broker_cpu_s_per_1000"] / f["signal_bytes"] * 1024, 4),
                **{k: f[k] for k in ("signals_per_s", "deliveries_per_s", "accept_p50_ms", "accept_p99_ms",
                                     "broker_peak_kib", "broker_now_kib")}}

    def remove(self):
        shutil.rmtree(self.folder)


# --- size ---------------------------------------------------------------------------------------


def by_bytes(o, folder):
    field = Field(o, folder / "bytes")
    with field.sluis:
        points = [field.round("bytes", n, size=n) for n in BYTES]
    field.remove()
    return points


# --- what went before ---------------------------------------------------------------------------


def by_signals(o, folder):
    """The same region round after round: everything that real signals leave behind is there."""
    field, points, sent = Field(o, folder / "signals"), [], 0
    with field.sluis:
        for _ in range(3 if o.short else 12):
            point = field.round("signals", sent)
            sent, point["at"] = sent + point["sent"], sent + point["sent"] // 2
            if not points or point["at"] >= 1.7 * points[-1]["at"]:
                points.append(point)
    if points[-1] is not point:
        points.append(point)
    field.remove()
    return points


# --- entries ------------------------------------------------------------------------------------


def fill(field, wanted):
    """Append made-up rulings to the journal of a region that is down, until it has WANTED entries."""
    broker = field.folder / "region" / "broker"
    keys = json.loads((broker / "broker-keys.json").read_text("utf-8"))
    region = json.loads((field.folder / "region" / "region.json").read_text("utf-8"))
    subprocess.run(
        [str(field.o.build / "tests" / "bench_journal"), "--dir", str(broker / "state"), "--leaves", str(wanted),
         "--batch", "4096", "--proofs", "1", "--origin", region["origin"], "--seed", checkpoint_seed(keys),
         "--bundle", field.sluis.ready["policy"]],
        check=True, stdout=subprocess.DEVNULL)


def checkpoint_seed(keys):
    """From broker-keys.json, of either format."""
    if "checkpoint_seed" in keys:
        return keys["checkpoint_seed"]
    first = keys["checkpoint"][0]
    return first if isinstance(first, str) else first.get("seed") or first["secret"]


def by_entries(o, folder):
    field, points = Field(o, folder / "entries"), []
    for n in [n for n in ENTRIES if n <= o.entries]:
        if n != ENTRIES[0]:
            measure.say("  filling to %d" % n)
            fill(field, n)
        with field.sluis:
            points.append(field.round("entries", n))
    field.remove()
    return points


# --- parties and recipients ---------------------------------------------------------------------


def extra(n):
    return "korps%03d" % n


def oin(n):
    return "0000009900000%07d" % (9000000 + n)


def wide_policy(target, count):
    """A copy of the policy in which COUNT more parties have signed."""
    shutil.copytree(measure.ROOT / "policy", target, ignore=shutil.ignore_patterns("*.c", "*.h", "*.cases.yaml"))
    text = (target / "parties.yaml").read_text("utf-8")
    more = "parties:\n" + "".join(PARTY.format(oin=oin(n), name=extra(n)) for n in range(count))
    (target / "parties.yaml").write_text(text.replace("\nparties:\n", "\n" + more, 1), "utf-8")
    return target


def enrol(field, numbers):
    """Give these extra parties a folder, a certificate and keys, and make them known."""
    region = field.folder / "region"
    for n in numbers:
        party = str(region / "parties" / extra(n))
        field.sluis.run("party", "create", party, "--ca", str(region / "ca"), "--name", extra(n),
                        "--organisation", "Politie %s (verzonnen)" % extra(n), "--oin", oin(n), "--desk", "avim",
                        "--role", "police", "--region", str(region / "region.json"))
        field.sluis.run("--party", party, "key", "enrol")


def waiting(parties):
    """Who waits, connected, when PARTIES are, of whom four take part."""
    names = list(OTHERS) + [extra(n) for n in range(parties)]
    return names[:parties - 1 - len(brokers.RECIPIENTS)]


def by_parties(o, folder):
    """Both curves: they share a region."""
    most = 64 if o.short else PARTIES[-1]
    field = Field(o, folder / "parties", "--policy", str(wide_policy(folder / "policy", most)))
    enrolled, parties, recipients = 0, [], []
    with field.sluis:
        for n in [n for n in PARTIES if n <= most]:
            wanted = max(0, n - DEMO_DESKS)
            enrol(field, range(enrolled, wanted))
            enrolled = max(enrolled, wanted)
            parties.append(field.round("parties", n, idle=waiting(n)))
        enrol(field, range(enrolled, 64))
        for n in RECIPIENTS:
            recipients.append(field.round("recipients", n, recipients=[extra(i) for i in range(n)]))
    field.remove()
    return parties, recipients


# --- all of it ----------------------------------------------------------------------------------


def grow(o, folder):
    result = {"machine": measure.machine(folder), "seconds": o.seconds}
    if "bytes" in o.only:
        result["bytes"] = by_bytes(o, folder)
    if "signals" in o.only:
        result["signals"] = by_signals(o, folder)
    if "entries" in o.only:
        result["entries"] = by_entries(o, folder)
    if "parties" in o.only or "recipients" in o.only:
        result["parties"], result["recipients"] = by_parties(o, folder)
    return result
