# SPDX-License-Identifier: EUPL-1.2
"""A region for a test: `sluis demo up` in a temporary folder, and down again.

    with Region() as r:
        with r.client("meldpunt") as c: ...

Binaries: environment SLUIS (the command) and SLUISD (the daemon), else SLUIS_BIN_DIR, else
the newest build/*/ of the checkout.  Waiting is always for something that can be seen
(a file, a process that ended, an answer), with a limit; never for a length of time.  Only
processes that this module started, or that stand in the region's own pid file, are ended.

Whatever a test does, the journal that it leaves is as docs/journal.md says: looked at when the
region ends (catalogue.py).
"""

import functools
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import catalogue
import leaks
import sluis_client as sc
import yaml
from google.protobuf import json_format

ROOT = sc.ROOT
SIGNALS = ROOT / "tests" / "signals"
SEEN = set()    # kinds of entries in the journals of all regions that ended
LIMIT_S = float(os.environ.get("SLUIS_TEST_LIMIT_S", "60"))


def binary(name):
    """The path of `sluis` or `sluisd`."""
    if os.environ.get(name.upper()):
        return os.environ[name.upper()]
    folder = os.environ.get("SLUIS_BIN_DIR")
    folders = [pathlib.Path(folder)] if folder else list((ROOT / "build").glob("*"))
    found = [p for f in folders for p in (f / name, f / "client" / name, f / "broker" / name)
             if p.is_file()]
    if not found:
        raise FileNotFoundError("no %s: set SLUIS_BIN_DIR" % name)
    return str(max(found, key=lambda p: p.stat().st_mtime))


def wait_for(what, condition, limit_s=None):
    """Poll CONDITION until it returns something true; a failure names WHAT."""
    deadline = time.monotonic() + (limit_s or LIMIT_S)
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > deadline:
            raise TimeoutError("waited in vain for " + what)
        time.sleep(0.02)


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    try:
        with open("/proc/%d/stat" % pid, encoding="ascii", errors="replace") as f:
            ended = f.read().rsplit(")", 1)[1].split()[0] == "Z"
        # a killed leader waits for its threads: until they are gone its files stay locked
        return not ended or len(os.listdir("/proc/%d/task" % pid)) > 1
    except (FileNotFoundError, ProcessLookupError):
        return False


def is_sanitized():
    """Whether the broker is built with a sanitizer, which has its own ideas of memory."""
    data = pathlib.Path(binary("sluisd")).read_bytes()
    return b"__asan_init" in data or b"__tsan_init" in data


def has_sandbox():
    """Whether the broker is built with its sandbox: not to be sanitized, nor for coverage."""
    return not is_sanitized() and b"__llvm_profile" not in pathlib.Path(binary("sluisd")).read_bytes()


def resident_kib(pid):
    for line in pathlib.Path("/proc/%d/status" % pid).read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise RuntimeError("no VmRSS")


class Region:
    """One running region on disk."""

    def __init__(self, keep=False, policy=None, cover_s=0):
        self.policy = policy    # a folder instead of the shipped policy
        self.cover_s = cover_s  # seconds between cover turns; 0: no layer 2, so that a test
                                # that counts entries finds only its own
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="sluis-region-"))
        self.keep = keep or bool(os.environ.get("SLUIS_KEEP"))
        self.broker = None      # a Popen, once we start the broker ourselves
        self.clock = None       # a clock.Clock that commands and that broker live by
        self.environment = {}   # of that broker, besides
        self.believes = True    # any clock; False: only one that does not jump
        self.clients = []

    def __enter__(self):
        try:
            self.up()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for c in self.clients:
            if c.socket is not None:
                c.close()
        try:
            self.stop_broker()
            self.command("demo", "down", "--dir", str(self.dir), check=False)
            self.check_journal()
        finally:
            if not self.keep:
                shutil.rmtree(self.dir, ignore_errors=True)
            else:
                print("kept", self.dir, file=sys.stderr)

    def check_journal(self):
        """Every entry is as the catalogue says; its kind is added to SEEN."""
        faults, leaves = catalogue.faults_of(self.broker_dir / "state" / "sluis.db")
        SEEN.update(catalogue.kind_of(raw) for raw in leaves)
        faults += ["a leaf holds %s of a signal (%s)" % at for at in values_in(b"\n".join(leaves))]
        if faults:
            raise AssertionError("the journal: %s" % "; ".join(faults[:20]))

    # --- the command -----------------------------------------------------------------

    def command(self, *words, check=True, party=None):
        """Run `sluis WORDS`; the CompletedProcess, with text output."""
        environment = dict(self.clock.env() if self.clock else os.environ, NO_COLOR="1",
                           LC_ALL="C.UTF-8")
        if party:
            environment["SLUIS_PARTY"] = str(self.party_dir(party))
        done = subprocess.run(
            [binary("sluis"), *map(str, words)], text=True, capture_output=True,
            timeout=LIMIT_S * 2, env=environment, check=False, cwd=str(self.dir))
        if check and done.returncode != 0:
            raise RuntimeError("sluis %s: exit %d\n%s%s" % (
                " ".join(map(str, words)), done.returncode, done.stdout, done.stderr))
        return done

    def up(self):
        policy = ["--policy", self.policy] if self.policy else []
        self.command("demo", "up", "--dir", self.dir, "--sluisd", binary("sluisd"),
                     "--cover", self.cover_s, *policy)
        self.read()

    def read(self):
        self.region = sc.Region.read(self.dir / "region.json")
        return self.region

    # --- parties ------------------------------------------------------------------------

    def party_dir(self, name):
        return self.dir / "parties" / name

    def party(self, name):
        return sc.Party.read(self.party_dir(name))

    def client(self, name, **options):
        """A new connection of party NAME, closed with the region at the latest."""
        options.setdefault("door", "audit" if name == "auditor" else "agency")
        c = sc.Client(self.region, self.party(name), **options)
        c.clock = self.clock
        self.clients.append(c)
        return c

    def to(self, *names):
        """[(oin, desk)] of these parties, as submit() wants them."""
        return [(self.region.parties[n]["oin"], self.region.parties[n]["desk"]) for n in names]

    # --- the broker -----------------------------------------------------------------------

    @property
    def broker_dir(self):
        return self.dir / "broker"

    def ready(self):
        return json.loads((self.broker_dir / "ready.json").read_text("utf-8"))

    def broker_pid(self):
        return self.broker.pid if self.broker else self.ready()["pid"]

    def kill_broker(self, how=signal.SIGKILL):
        """End the broker now and wait until it is gone; its ready file goes too."""
        pid = self.broker_pid()
        os.kill(pid, how)
        if self.broker:
            self.broker.wait(LIMIT_S)
            self.broker = None
        else:
            wait_for("the broker to end", lambda: not is_alive(pid))
        (self.broker_dir / "ready.json").unlink(missing_ok=True)

    def set_option(self, key, value):
        """KEY: VALUE in sluisd.yaml, for the next start."""
        path = self.broker_dir / "sluisd.yaml"
        settings = yaml.safe_load(path.read_text("utf-8"))
        settings[key] = value
        path.write_text(yaml.safe_dump(settings, sort_keys=False), "utf-8")

    def spawn_broker(self, *options):
        """Start the broker on its own configuration with OPTIONS, without waiting for it."""
        if self.clock and self.believes:
            self.set_limit("clock_jump_s", 0)
        if self.clock:      # libfaketime reads its file whenever it is asked for the time
            self.set_option("sandbox", "off")
        with open(self.broker_dir / "sluisd.log", "ab") as log:
            self.broker = subprocess.Popen(
                [binary("sluisd"), "-c", str(self.broker_dir / "sluisd.yaml"), *options],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=str(self.broker_dir),
                env=dict(self.clock.env() if self.clock else os.environ, **self.environment))

    def set_limit(self, name, value):
        """For the next start of the broker."""
        path = self.broker_dir / "sluisd.yaml"
        settings = yaml.safe_load(path.read_text("utf-8"))
        settings.setdefault("limits", {})[name] = value
        path.write_text(yaml.safe_dump(settings), "utf-8")

    def start_broker(self, *options):
        """Start the broker, wait until it is ready and read where it listens."""
        self.spawn_broker(*options)

        def is_ready():
            if self.broker.poll() is not None:
                raise RuntimeError("sluisd ended with %d" % self.broker.returncode)
            try:
                return self.ready()["pid"] == self.broker.pid
            except (OSError, ValueError, KeyError):
                return False

        wait_for("sluisd to be ready", is_ready)
        self.adopt_addresses()

    def adopt_addresses(self):
        """Ports may differ after a restart: write what the ready file says into region.json."""
        ready = self.ready()
        data = dict(self.region.data, endpoint=ready["agency"], endpoint_audit=ready["audit"],
                    endpoint_enrol=ready["enrol"], broker_curve_public=ready["curve_public"],
                    verifier=ready["verifier"])
        (self.dir / "region.json").write_text(json.dumps(data, indent=2), "utf-8")
        self.read()
        for c in self.clients:
            c.region = self.region

    def change_keys(self, option, kind, *more, check=True):
        """sluisd --rotate KIND or --retire KIND [MORE]: what it says of the keys, or (not CHECK) the
        CompletedProcess."""
        done = subprocess.run(
            [binary("sluisd"), "-c", str(self.broker_dir / "sluisd.yaml"), option, kind,
             *more],
            text=True, capture_output=True, timeout=LIMIT_S, check=False,
            cwd=str(self.broker_dir),
            env=dict(self.clock.env() if self.clock else os.environ, **self.environment))
        if not check:
            return done
        if done.returncode != 0:
            raise RuntimeError("sluisd %s %s: %s" % (option, kind, done.stderr))
        return json.loads(done.stdout)[kind.split("=")[0]]

    def region_of_next(self):
        """The Region of somebody who was told of the next keys, as a file would say it."""
        ready = self.ready()
        data = dict(self.region.data, verifier=ready.get("verifier_next", ready["verifier"]))
        if "next" in ready:
            later = ready["next"]
            data.update(endpoint=later["agency"], endpoint_audit=later["audit"],
                        endpoint_enrol=later["enrol"], broker_curve_public=later["curve_public"])
        return sc.Region(self.dir / "region.json", data)

    def stop_broker(self):
        """End a broker that start_broker() started."""
        if self.broker and self.broker.poll() is None:
            self.broker.terminate()
            try:
                self.broker.wait(LIMIT_S)
            except subprocess.TimeoutExpired:
                self.broker.kill()
                self.broker.wait()
        self.broker = None

    def hang_up(self):
        """SIGHUP: the broker reads its anchors and revocation lists again."""
        os.kill(self.broker_pid(), signal.SIGHUP)

    def questions(self):
        """[(convenant, phase, purpose)]: every phase of the shipped policy, with its first purpose."""
        found = []
        for path in sorted((self.broker_dir / "policy").glob("*.yaml")):
            data = yaml.safe_load(path.read_text("utf-8"))
            if path.name.endswith(".cases.yaml") or "phases" not in data:
                continue
            name = data.get("convenant") or data.get("id") or path.stem
            found += [(name, phase, data["purposes"][0]) for phase in data["phases"]]
        return found

    def files_of_broker(self):
        """{path: bytes} of everything that the broker writes: databases, logs, ready file."""
        found = {}
        for p in self.broker_dir.rglob("*"):
            if p.is_file() and "policy" not in p.relative_to(self.broker_dir).parts:
                found[p] = p.read_bytes()
        return found


# --- the signals ------------------------------------------------------------------------


@functools.lru_cache(maxsize=None)
def all_values(said_aloud):
    """Needles of every text in every signal; but for words of the policy, if SAID_ALOUD."""
    needles = leaks.Needles()
    for path in sorted(SIGNALS.glob("[0-9]*.json")):
        for place, value in leaks.texts(signal_from(path.name)):
            needles.add(place, value)
    public = b"".join(p.read_bytes() for p in (ROOT / "policy").rglob("*.yaml"))
    return needles.without(public) if said_aloud else needles


def values_in(data):
    """[(path, coat)] of values of any signal in DATA."""
    return all_values(True).found_in(data) if all_values(False).found_in(data) else []


def signal_from(name):
    """The Signal in tests/signals/NAME."""
    return json_format.Parse((SIGNALS / name).read_text("utf-8"), sc.signal_pb2.Signal())


def story():
    """tests/signals/story.json: [{"file", "from", "convenant", "phase", "purpose", "to"}]."""
    steps = json.loads((SIGNALS / "story.json").read_text("utf-8"))
    for step in steps:
        step.setdefault("from", "meldpunt")
    return steps
