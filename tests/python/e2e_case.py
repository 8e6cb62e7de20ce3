# SPDX-License-Identifier: EUPL-1.2
"""A test with a region of its own and the requests about cases in few words.

    class Some(e2e_case.RegionCase):
        def test_it(self):
            case = self.open("procesregisseur", "zvh")
            self.join("procesregisseur", case, "politie")
            trace, ids = self.share("procesregisseur", ["politie"], case, "zvh")

Every request is answered "ok" unless the test names another code.  Desks connect when they
first ask; away(NAME) ends that.
"""

import shutil
import signal
import sqlite3
import tempfile
import unittest

import region as rg
import sluis_client as sc
import yaml

CASE = sc.wire_pb2.case__pb2        # messages and enums of case.proto
EVENT = sc.journal_pb2.EventKind
SIGNAL = rg.signal_from("10-truant-girl.json").SerializeToString()

# what a submission says where the test says nothing else
WORDS = {
    "afstemming": ("afstemming", "1", "duiding"),
    "intern": ("intern", "1", "verrijking"),
    "zvh": ("zvh", "1", "casusoverleg"),
    "riec": ("riec", "1", "casusoverleg"),
    "zorg": ("zorg", "1", "hulpverlening"),
}


class RegionCase(unittest.TestCase):
    OPTIONS = {}            # of the Region
    SETTINGS = {}           # `limits` of sluisd.yaml, for which the broker starts again
    CLOCK = None            # a function of the Region: the clock that everybody lives by
    COPIED = False          # each test begins with a copy of one region, made once
    template = None         # that one, at rest

    def setUp(self):
        self.desks = {}
        self.region = rg.Region(**self.OPTIONS)
        self.addCleanup(self.region.__exit__)
        if self.COPIED:
            self.begin_with_copy()
            return
        self.region.up()
        if self.SETTINGS or self.CLOCK:
            self.region.kill_broker()
            self.set()
            if self.CLOCK:
                self.region.clock = self.CLOCK(self.region)     # pylint: disable=not-callable
            self.region.start_broker()

    def begin_with_copy(self):
        cls = type(self)
        if cls.template is None:
            self.region.up()
            self.region.kill_broker(signal.SIGTERM)
            self.set()
            folder = tempfile.TemporaryDirectory(prefix="sluis-template-")
            cls.addClassCleanup(folder.cleanup)
            shutil.copytree(self.region.dir, folder.name, dirs_exist_ok=True)
            cls.template = folder.name
        else:
            shutil.copytree(cls.template, self.region.dir, dirs_exist_ok=True)
            self.region.read()
        self.region.start_broker()

    def set(self):
        path = self.region.broker_dir / "sluisd.yaml"
        settings = yaml.safe_load(path.read_text("utf-8"))
        settings.setdefault("limits", {}).update(self.SETTINGS)
        path.write_text(yaml.safe_dump(settings), "utf-8")

    # --- desks ---------------------------------------------------------------------------

    def desk(self, name):
        """The connection of NAME."""
        if name not in self.desks:
            self.desks[name] = self.region.client(name)
        return self.desks[name]

    def away(self, name):
        self.desks.pop(name).close()

    def seat(self, name):
        (oin, desk), = self.region.to(name)
        return sc.wire_pb2.Recipient(oin=oin, desk=desk)

    def restart(self, how=None):
        """The broker is killed and starts again; everybody connects anew."""
        self.region.kill_broker(*([how] if how else []))
        self.region.start_broker()
        for c in self.desks.values():
            c.connect()

    # --- requests ------------------------------------------------------------------------

    def ask(self, name, kind, message, code="ok"):
        """The answer to MESSAGE, sent as request KIND; its code is CODE."""
        c = self.desk(name)
        answer = c.exchange(c.build(sc.TYPE % kind, message))
        self.assertEqual(code, answer.code, "%s of %s" % (kind, name))
        return answer

    def open(self, name, route, code="ok", **more):
        """The id of a new case."""
        m = sc.wire_pb2.CaseOpen(route=route, **more)
        m.head.CopyFrom(self.desk(name).head())
        self.ask(name, "case-open", m, code)
        return m.head.request_id

    def join(self, name, case, who, code="ok", **more):
        return self.ask(name, "case-join", sc.wire_pb2.CaseJoin(
            case_id=case, who=[self.seat(who)], **more), code)

    def move(self, name, case, step, code="ok", **more):
        """Make STEP; where it asks for a confirmation, see what changes and confirm."""
        m = sc.wire_pb2.CaseMove(case_id=case, transition=step, only_ask=True, **more)
        c = self.desk(name)
        asked = c.exchange(c.build(sc.TYPE % "case-move", m))
        m = sc.wire_pb2.CaseMove(case_id=case, transition=step, **more)
        if asked.code == "ok":
            m.confirmation = asked.confirmation
        return self.ask(name, "case-move", m, code)

    def read(self, name, case=None, code="ok"):
        """The CaseView of CASE, or all of NAME's."""
        m = sc.wire_pb2.CaseRead(**({"case_id": case} if case else {}))
        cases = self.ask(name, "case-read", m, code).cases
        return cases[0] if case and code == "ok" else list(cases)

    def todo(self, name, given=False):
        return list(self.ask(name, "todo", sc.wire_pb2.Todo(given=given, max=500)).tasks)

    def share(self, name, to, case=None, words="afstemming", code="ok", signal=SIGNAL, **more):
        """(trace, Answer) of a signal of NAME for the desks TO."""
        convenant, phase, purpose = WORDS[words]
        m = sc.wire_pb2.Submit(convenant=convenant, phase=phase, purpose=purpose,
                               signal=signal, **more)
        if case:
            m.case_id = case
        m.recipients.extend(self.seat(n) for n in to)
        m.head.CopyFrom(self.desk(name).head())
        answer = self.ask(name, "submit", m, code)
        if code == "ok":
            self.assertEqual(["ok"] * len(to), [o.code for o in answer.outcomes])
        return m.head.request_id, answer

    # --- inboxes -------------------------------------------------------------------------

    def take(self, name):
        """Verify, acknowledge and return what waits: [(Delivery, Copy, Notice or None)]."""
        c, found = self.desk(name), []
        for d in c.receive(max_deliveries=256):
            copy, _, _ = sc.verify_delivery(d, self.region.region.verifier)
            notice = CASE.Notice.FromString(copy.notice) if copy.HasField("notice") else None
            found.append((d, copy, notice))
        if found:
            c.acknowledge([d.delivery_id for d, _, _ in found])
        return found

    def signals(self, name):
        """Take what waits; the delivery ids of the signals."""
        return [d.delivery_id for d, _, notice in self.take(name) if notice is None]

    def notices(self, name, kind):
        """Take what waits; [(Notice, its leaf index)] of KIND."""
        return [(notice, d.receipt.index) for d, _, notice in self.take(name)
                if notice is not None and notice.kind == kind]

    # --- the journal -----------------------------------------------------------------------

    def leaf(self, name, index):
        """Entry INDEX, with its proof, as NAME may have it."""
        outcome, = self.ask(name, "explain", sc.wire_pb2.Explain(leaf_index=index)).outcomes
        self.assertEqual(index, outcome.receipt.index)
        return sc.verify_receipt(outcome.receipt, self.region.region.verifier)[0]

    def journal(self):
        """[Leaf]: all of it, as the auditor reads and verifies it."""
        with self.region.client("auditor") as c:
            entries, _ = c.audit_all()
        return [sc.journal_pb2.Leaf.FromString(r.leaf) for r in entries]

    def count(self, kind):
        """How many entries of KIND ("EVENT_...") the journal has."""
        return sum(leaf.kind == EVENT.Value(kind) for leaf in self.journal())

    # --- the disk ----------------------------------------------------------------------------

    @property
    def database(self):
        return self.region.broker_dir / "state" / "sluis.db"

    def sql(self, statement, *values):
        """Rows of the database; the broker may be running."""
        with sqlite3.connect("file:%s?mode=ro" % self.database, uri=True) as db:
            return db.execute(statement, values).fetchall()

