# SPDX-License-Identifier: EUPL-1.2
"""What the end-to-end tests share: one region per class, and words for refusals."""

import time
import unittest

import region as rg
import sluis_client as sc
import zmq
from zmq.utils.monitor import recv_monitor_message

KIND = dict(sc.journal_pb2.EventKind.items())

EVENT_FAILED = {
    zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL, zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL,
    zmq.EVENT_HANDSHAKE_FAILED_AUTH}


class RegionCase(unittest.TestCase):
    """A running region for the class; every test leaves a broker that still serves."""

    still_serves = True

    @classmethod
    def setUpClass(cls):
        cls.region = rg.Region()
        cls.addClassCleanup(cls.region.__exit__)
        cls.region.up()
        cls.verifier = cls.region.region.verifier
        cls.step = rg.story()[0]
        cls.signal = rg.signal_from(cls.step["file"]).SerializeToString()
        cls.sender = cls.region.client(cls.step["from"])
        cls.pid = cls.region.broker_pid()

    def tearDown(self):
        if self.still_serves:
            self.assert_serves()

    # --- requests ---------------------------------------------------------------------

    def frame(self, client=None, head=None, **changes):
        """A good submission of the story's first step, but for CHANGES."""
        client = client or self.sender
        s = {**self.step, "signal": self.signal, **changes}
        to = s["to"] if s["to"] and not isinstance(s["to"][0], str) else self.region.to(*s["to"])
        return client.build_submit(
            s["signal"], s["convenant"], s["phase"], s["purpose"], to, head)

    def submit(self, client=None, head=None, **changes):
        client = client or self.sender
        return client.exchange(self.frame(client, head, **changes))

    def assert_serves(self):
        """A good signal still passes, and it is the same broker that takes it."""
        answer = self.submit()
        self.assertEqual("ok", answer.code)
        if self.pid is not None:
            self.assertTrue(rg.is_alive(self.pid), "the broker is another process")
        return answer

    def assert_grew_less(self, kib, before):
        """The broker holds less than KIB more memory than BEFORE."""
        grown = rg.resident_kib(self.pid) - before
        if not rg.is_sanitized():
            self.assertLess(grown, kib, "grew by %d KiB" % grown)

    # --- refusals -----------------------------------------------------------------------

    def assert_refused(self, code, answer, journalled=True):
        """ANSWER says CODE and nothing else, and there is a proven entry for it."""
        self.assertEqual(code, answer.code)
        self.assertFalse(answer.deliveries)
        self.assertFalse([o for o in answer.outcomes if o.code == "ok"])
        if not journalled:
            self.assertFalse(answer.receipts)
            return None
        self.assertEqual(1, len(answer.receipts), "a refusal of a known party has its receipt")
        leaf, _ = sc.verify_receipt(answer.receipts[0], self.verifier)
        self.assertEqual(KIND["EVENT_REFUSED"], leaf.kind)
        self.assertEqual(code, leaf.code)
        return leaf

    def journal(self):
        """[Leaf] of the whole journal, verified."""
        with self.region.client("auditor") as auditor:
            entries, _ = auditor.audit_all()
        return [sc.journal_pb2.Leaf.FromString(r.leaf) for r in entries]

    def events(self):
        """The journal without the auditor's reads."""
        return [leaf for leaf in self.journal() if leaf.kind != KIND["EVENT_AUDIT_READ"]]

    def waiting_for(self, name):
        """The deliveries that wait for NAME, without taking them."""
        with self.region.client(name) as c:
            return c.receive(max_deliveries=1000)


# --- sockets by hand -----------------------------------------------------------------------


class Watched:
    """A DEALER whose handshake can be watched."""

    def __init__(self, endpoint, setup):
        self.context = zmq.Context()
        self.socket = self.context.socket(zmq.DEALER)
        self.socket.linger = 0
        self.monitor = self.socket.get_monitor_socket()
        setup(self.socket)
        self.socket.connect(endpoint)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.disable_monitor()
        self.monitor.close(linger=0)
        self.socket.close(linger=0)
        self.context.term()

    def wait_event(self, wanted, limit_s=30):
        """The next monitor event among WANTED: (event, value); None when none comes."""
        deadline = time.monotonic() + limit_s
        while time.monotonic() < deadline:
            if not self.monitor.poll(500):
                continue
            event = recv_monitor_message(self.monitor)
            if event["event"] in wanted:
                return event["event"], event["value"]
        return None

    def nothing_arrives(self):
        return not self.socket.poll(0)


def curve(region, keys, server_key=None):
    """SETUP for Watched: CURVE with KEYS."""
    def setup(socket):
        socket.curve_serverkey = server_key or region.curve_public
        socket.curve_publickey = sc.z85.encode(keys.curve_public)
        socket.curve_secretkey = sc.z85.encode(keys.curve_secret)
    return setup
