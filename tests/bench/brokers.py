# SPDX-License-Identifier: EUPL-1.2
"""Private instances of three brokers, each with its own folder, ports on loopback, and session.

    with Sluis(folder, programs) as s, Mosquitto(folder / "m", ca) as m: ...

Each is started with the settings that a careful administrator would choose for this work, and
nothing of the system's own instances is touched.  What was started is ended again, by its
process id; every process of a broker is in the session that it was started in, and so found.

What each of them does before it says "accepted" is said by `promise`; it is printed with the
figures, because they are not the same promise.
"""

import contextlib
import datetime
import glob
import ipaddress
import json
import os
import pathlib
import signal
import socket
import subprocess
import time

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LIMIT_S = 90
RECIPIENTS = ("politie", "om", "nla")


def wait_for(what, condition, limit_s=LIMIT_S):
    deadline = time.monotonic() + limit_s
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("waited in vain for " + what)
        time.sleep(0.05)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def listens(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def session_of(pid):
    """The session of PID; 0 when it is gone or has ended."""
    try:
        fields = pathlib.Path("/proc/%d/stat" % pid).read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:
        return 0
    return 0 if fields[0] in "ZX" else int(fields[3])


def processes_of(session):
    pids = [int(name) for name in os.listdir("/proc") if name.isdigit()]
    return [pid for pid in pids if session_of(pid) == session]


class Process:
    """A program in a session of its own, with its output in FOLDER/log."""

    patience_s = (20, 5, 5)    # for one to end, for all, for all that were killed

    def __init__(self, folder, command, env=None):
        self.log = folder / "log"
        with open(self.log, "ab") as log:
            self.popen = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=str(folder),
                env=dict(os.environ, **(env or {})), start_new_session=True)
        self.pid = self.popen.pid

    def check(self):
        if self.popen.poll() is not None:
            raise RuntimeError("ended with %d:\n%s" % (self.popen.returncode, self.tail()))

    def tail(self):
        return self.log.read_text("utf-8", "replace")[-2000:]

    def end(self, first=None):
        """End FIRST (default: the program) politely, then whatever its session still has."""
        steps = ((first or self.pid, signal.SIGTERM), (None, signal.SIGTERM), (None, signal.SIGKILL))
        for (pid, how), limit_s in zip(steps, self.patience_s):
            for one in [pid] if pid else processes_of(self.pid):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(one, how)
            with contextlib.suppress(TimeoutError):
                wait_for("the end", lambda: self.popen.poll() is not None and not processes_of(self.pid),
                         limit_s)
                return
        raise RuntimeError("cannot be ended: session %d" % self.pid)


class Broker:
    """What compare needs of each of them; `start` and `stop` are its own."""

    name = promise = version = ""
    pid = 0
    batches = (1,)

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *unused):
        self.stop()


# --- sluis ------------------------------------------------------------------------------------


class Sluis(Broker):
    """A demo region."""

    batches = (1, 32)    # so many submissions under one signature
    name = "sluis"
    promise = ("every signal checked, ruled, redacted and journalled; all of it written and fsynced (SQLite "
               "WAL, synchronous=FULL) before \"accepted\"")

    def __init__(self, folder, build, *up):
        self.folder, self.up, self.ready = folder, list(up), {}
        self.command = str(build / "client" / "sluis")
        self.sluisd = str(build / "broker" / "sluisd")

    def run(self, *arguments):
        done = subprocess.run([self.command, "--lang", "en", "--quiet"] + list(arguments), check=False,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode != 0:
            raise RuntimeError("sluis %s: %s" % (arguments[0], done.stdout.decode("utf-8", "replace")[-2000:]))

    def start(self):
        self.run("demo", "up", "--dir", str(self.folder), "--sluisd", self.sluisd, *self.up)
        self.up = []    # only a new region takes options
        self.ready = json.loads((self.folder / "broker" / "ready.json").read_text("utf-8"))
        self.pid = self.ready["pid"]
        self.version = subprocess.run([self.command, "--version"], capture_output=True, text=True,
                                      check=False).stdout.strip()

    def stop(self):
        if (self.folder / "broker" / "sluisd.yaml").exists():
            self.run("demo", "down", "--dir", str(self.folder))

    def arguments(self, recipients=RECIPIENTS):
        return ["--region", str(self.folder), "--to", ",".join(recipients), "--pid", str(self.pid)]


# --- certificates -----------------------------------------------------------------------------


def make_certificates(folder, region):
    """ca.pem, server.pem/.key and client.pem/.key in FOLDER: of the test CA of a demo region, whose
    first party is the client."""
    folder.mkdir()
    ca = x509.load_pem_x509_certificate((region / "ca" / "ca.pem").read_bytes())
    ca_key = serialization.load_pem_private_key((region / "ca" / "ca-key.pem").read_bytes(), None)
    party = region / "parties" / "meldpunt"
    for source, name in ((region / "ca" / "ca.pem", "ca.pem"), (party / "chain.pem", "client.pem"),
                         (party / "private-key.pem", "client.key")):
        (folder / name).write_bytes(source.read_bytes())
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.datetime.utcnow()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")]))
        .issuer_name(ca.subject).public_key(key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1)).not_valid_after(now + datetime.timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName(
            [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(ca_key, hashes.SHA256()))
    (folder / "server.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "server.key").write_bytes(key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))


class Other(Broker):
    """One that needs a port and certificates."""

    def __init__(self, folder, certificates):
        self.folder, self.certificates, self.process = folder, certificates, None
        self.port = free_port()

    def arguments(self, recipients=RECIPIENTS):
        return ["--port", str(self.port), "--certificates", str(self.certificates),
                "--to", ",".join(recipients), "--pid", str(self.pid)]

    def wait_until_up(self):
        def up():
            self.process.check()
            return listens(self.port)

        wait_for(self.name, up)
        self.pid = self.process.pid

    def stop(self):
        if self.process:
            self.process.end()
            self.process = None


# --- Mosquitto --------------------------------------------------------------------------------

MOSQUITTO = """\
listener {port} 127.0.0.1
cafile {certificates}/ca.pem
certfile {certificates}/server.pem
keyfile {certificates}/server.key
require_certificate true
use_identity_as_username true
set_tcp_nodelay true
# no delivery may be dropped because a recipient is slow
max_inflight_messages 0
max_queued_messages 0
persistence true
persistence_location {folder}/
log_type error
log_type warning
{user}
"""


class Mosquitto(Other):
    """QoS 1, persistent sessions."""

    name = "mosquitto"
    promise = ("QoS 1 with persistence on: \"accepted\" when it is in memory; the file is written every "
               "half hour and at the end, so a crash loses what was accepted since")

    def start(self):
        self.folder.mkdir()
        (self.folder / "mosquitto.conf").write_text(MOSQUITTO.format(
            port=self.port, certificates=self.certificates, folder=self.folder,
            user="user root" if os.geteuid() == 0 else ""), "utf-8")
        self.process = Process(self.folder, ["/usr/sbin/mosquitto", "-c", str(self.folder / "mosquitto.conf")])
        self.version = package_version("mosquitto")
        self.wait_until_up()


# --- RabbitMQ ---------------------------------------------------------------------------------

RABBITMQ = """\
listeners.tcp = none
listeners.ssl.1 = 127.0.0.1:{port}
ssl_options.cacertfile = {certificates}/ca.pem
ssl_options.certfile = {certificates}/server.pem
ssl_options.keyfile = {certificates}/server.key
ssl_options.verify = verify_peer
ssl_options.fail_if_no_peer_cert = true
log.console = false
log.file.level = warning
disk_free_limit.absolute = 100MB
"""


class RabbitMQ(Other):
    """Quorum queues of one node; its own epmd, so that the system's is not needed."""

    name = "rabbitmq"
    promise = ("quorum queues (one node) with publisher confirms: \"accepted\" when all three queues have "
               "written it to their log and fsynced")

    def start(self):
        self.folder.mkdir()
        (self.folder / "rabbitmq.conf").write_text(
            RABBITMQ.format(port=self.port, certificates=self.certificates), "utf-8")
        (self.folder / "enabled_plugins").write_text("[].\n", "utf-8")
        epmd_port = free_port()
        self.epmd = Process(self.folder, ["epmd", "-port", str(epmd_port), "-address", "127.0.0.1"])
        wait_for("epmd", lambda: listens(epmd_port))
        self.process = Process(self.folder, [self.program()], self.environment(epmd_port))
        self.version = package_version("rabbitmq-server")
        self.wait_until_up()

    @staticmethod
    def program():
        """The script itself: /usr/sbin/rabbitmq-server would change to another user."""
        return sorted(glob.glob("/usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server"))[-1]

    def environment(self, epmd_port):
        folder = str(self.folder)
        return {
            "HOME": folder, "RABBITMQ_NODENAME": "sluisbench@localhost", "ERL_EPMD_PORT": str(epmd_port),
            "RABBITMQ_DIST_PORT": str(free_port()), "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_MNESIA_BASE": folder + "/mnesia", "RABBITMQ_LOG_BASE": folder + "/logs",
            "RABBITMQ_CONFIG_FILE": folder + "/rabbitmq.conf", "RABBITMQ_PID_FILE": folder + "/pid",
            "RABBITMQ_ENABLED_PLUGINS_FILE": folder + "/enabled_plugins",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}"}

    def machine(self):
        """The process id of the Erlang machine, which ends properly when it is told to."""
        with contextlib.suppress(OSError, ValueError):
            pid = int((self.folder / "pid").read_text("utf-8"))
            return pid if session_of(pid) == self.process.pid else None
        return None

    def stop(self):
        if self.process:
            self.process.end(self.machine())
            self.process = None
        if getattr(self, "epmd", None):
            self.epmd.end()
            self.epmd = None


# --- packages ---------------------------------------------------------------------------------

PACKAGES = ("mosquitto", "rabbitmq-server", "libmosquitto-dev", "librabbitmq-dev", "python3-cryptography")


def package_version(name):
    return subprocess.run(["dpkg-query", "-W", "-f", "${Version}", name], capture_output=True, text=True,
                          check=False).stdout


def missing_packages():
    return [name for name in PACKAGES if not package_version(name)]


@contextlib.contextmanager
def no_services():
    """While packages are installed, nothing that they bring is started: Debian's policy-rc.d."""
    policy = pathlib.Path("/usr/sbin/policy-rc.d")
    if policy.exists():
        yield
        return
    policy.write_text("#!/bin/sh\nexit 101\n", "utf-8")
    policy.chmod(0o755)
    try:
        yield
    finally:
        policy.unlink()


def install():
    """Install what is missing, from Debian; needs root."""
    names = missing_packages()
    if not names:
        return
    if os.geteuid() != 0:
        raise PermissionError("needs root to install: " + " ".join(names))
    env = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    with no_services():
        subprocess.run(["apt-get", "update", "-q"], env=env, check=False, stdout=subprocess.DEVNULL)
        subprocess.run(["apt-get", "install", "-y", "-q", "--no-install-recommends"] + names, env=env,
                       check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
