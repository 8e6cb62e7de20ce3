# SPDX-License-Identifier: EUPL-1.2
"""The Nijmegen route as acts on the wire: who does what, in order, for each track.

    walk = Walk(region)
    for act in walk.track("zvh", "01-older-friend.json"):
        answer = act.do()

An act is one request of one desk.  What it says may depend on answers before it (a
confirmation, the keys of who judges), so it is built when its turn comes; `do()` sends it
once, and a test may send the same frame as often as it likes.
"""

import sluis_client as sc
import region as rg
import yaml
from nacl.public import PublicKey, SealedBox

W = sc.wire_pb2
CASE = sc.case_pb2

OWN = ["meldpunt", "analist", "aandacht"]
ASKED = ["politie", "nla", "zorgcoordinator"]

# the table of each track: who sits there, what is in force, which step leads to it
TABLES = {
    "zorg": {"track": "spoor_zorg", "to_table": "naar_zorg", "close": "sluit_zorg",
             "seats": ["zorgcoordinator", "veiligthuis", "opvang"], "gate": None,
             "place": ("zorg", "1", "hulpverlening"), "closes": "zorgcoordinator"},
    "zvh": {"track": "spoor_zorg_straf", "to_table": "naar_zvh", "close": "sluit_zvh",
            "seats": ["politie", "om", "zorgcoordinator", "veiligthuis"], "gate": "zvh-casus",
            "place": ("zvh", "1", "casusoverleg"), "closes": "politie"},
    "riec": {"track": "spoor_ondermijning", "to_table": "naar_riec", "close": "sluit_riec",
             "seats": ["politie", "om", "nla", "belastingdienst"], "gate": "riec-signaal",
             "place": ("riec", "1", "casusoverleg"), "closes": "politie"},
}


class Act:
    """One request of one desk, built when its turn comes."""

    def __init__(self, walk, desk, kind, build, then=None):
        self.walk, self.desk, self.kind = walk, desk, kind
        self._build, self._then = build, then
        self.frame = None

    def __repr__(self):
        return "%s: %s" % (self.desk, self.kind)

    def build(self):
        """The signed frame; the same one however often it is asked for."""
        if self.frame is None:
            client = self.walk.client(self.desk)
            message = self._build()
            message.head.CopyFrom(client.head())
            self.frame = client.build(sc.TYPE % self.kind, message)
        return self.frame

    def answered(self, answer):
        if answer.code != "ok":
            raise AssertionError("%r: %s %s %s" % (self, answer.code, answer.where, answer.change))
        if self._then:
            self._then(answer)
        return answer

    def do(self):
        return self.answered(self.walk.client(self.desk).exchange(self.build()))


class Walk:
    def __init__(self, region):
        self.region = region
        self.case = None
        self.traces = []
        self.files = {}

    def file(self, name):
        """A file of the policy in force, read once."""
        if name not in self.files:
            text = (self.region.broker_dir / "policy" / name).read_text("utf-8")
            self.files[name] = yaml.safe_load(text)
        return self.files[name]

    def client(self, name):
        for c in self.region.clients:
            if c.party.name == name and c.socket is not None:
                return c
        return self.region.client(name)

    def recipients(self, names):
        return [W.Recipient(oin=oin, desk=desk) for oin, desk in self.region.to(*names)]

    def ask(self, desk, kind, message):
        """The answer to MESSAGE of DESK, whatever it says."""
        client = self.client(desk)
        message.head.CopyFrom(client.head())
        return client.exchange(client.build(sc.TYPE % kind, message))

    # --- reading -----------------------------------------------------------------------

    def view(self, desk="aandacht"):
        """The case as DESK sees it."""
        answer = self.ask(desk, "case-read", W.CaseRead(case_id=self.case))
        if answer.code != "ok":
            raise AssertionError("%s reads the case: %s" % (desk, answer.code))
        return answer.cases[0]

    def gate(self, name):
        """Of the policy: its criteria, and the roles that judge them."""
        for name_of_file in ("zvh.yaml", "riec.yaml"):
            data = self.file(name_of_file)
            for gate in data.get("gates", []):
                if gate["id"] == name:
                    groups = data.get("groups", {})
                    roles = {r for j in gate["judges"] for r in groups.get(j, [j])}
                    return [c["id"] for c in gate["criteria"]], roles
        raise KeyError(name)

    def judges(self, gate, seat):
        """Whether SEAT of the case judges this gate."""
        role = next(p["role"] for p in self.region.region.parties.values() if p["oin"] == seat.oin)
        return seat.seal_public and role in self.gate(gate)[1]

    def who_judges(self, gate, claimant):
        """Names of the desks in the case that judge it: no party judges its own claim."""
        own = self.region.region.parties[claimant]["oin"]
        return [self.name_of(s) for s in self.view().participants
                if s.oin != own and self.judges(gate, s)]

    def name_of(self, seat):
        return next(n for n, p in self.region.region.parties.items()
                    if (p["oin"], p["desk"]) == (seat.oin, seat.desk))

    def steps_from(self, state, route="nijmegen"):
        """Ids of the steps that lead away from STATE."""
        steps = self.file("routes/%s.yaml" % route)["steps"]
        return ["%s.%s" % (route, s["id"]) for s in steps if state in s["from"]]

    def may(self, step, name):
        """Whether the route lets the desk called NAME make STEP, by its file."""
        route, short = step.split(".")
        steps = self.file("routes/%s.yaml" % route)["steps"]
        by = next(s["by"] for s in steps if s["id"] == short)
        p = self.region.region.parties[name]
        return p["role"] in by or "%s/%s" % (p["role"], p["desk"]) in by

    # --- acts --------------------------------------------------------------------------

    def open(self, desk, route):
        def opened(answer):
            self.case = bytes(answer.cases[0].case_id)
        return Act(self, desk, "case-open", lambda: W.CaseOpen(route=route), opened)

    def share(self, desk, file, to, place=None, **more):
        """The signal FILE inside the case, under what its state puts in force."""
        def build():
            seen = self.view(desk)
            convenant, phase, purpose = place or (seen.convenant, seen.phase, seen.purpose)
            return W.Submit(convenant=convenant, phase=phase, purpose=purpose, case_id=self.case,
                            recipients=self.recipients(to),
                            signal=rg.signal_from(file).SerializeToString(), **more)
        return Act(self, desk, "submit", build,
                   lambda answer: self.traces.append(bytes(answer.request_id)))

    def verdict(self, desk, strengthened):
        return Act(self, desk, "case-verdict",
                   lambda: W.CaseVerdict(case_id=self.case, strengthened=strengthened))

    def move(self, desk, step, route="nijmegen", **more):
        """The step; confirmed where it has to be."""
        name = "%s.%s" % (route, step)

        def build():
            asked = self.ask(desk, "case-move", W.CaseMove(
                case_id=self.case, transition=name, only_ask=True, **more))
            m = W.CaseMove(case_id=self.case, transition=name, **more)
            if asked.confirmation:
                m.confirmation = asked.confirmation
            return m
        return Act(self, desk, "case-move", build)

    def join(self, desk, names, **more):
        return Act(self, desk, "case-join", lambda: W.CaseJoin(
            case_id=self.case, who=self.recipients(names), **more))

    def align(self, desk, ask):
        return Act(self, desk, "case-align", lambda: W.CaseAlign(
            case_id=self.case, ask=self.recipients(ask)))

    def answer(self, desk, answer):
        return Act(self, desk, "case-align", lambda: W.CaseAlign(
            case_id=self.case, answer=answer))

    def claim(self, desk, gate):
        """Every criterion explained, sealed to each who judges."""
        def build():
            m = W.CaseGate(case_id=self.case, gate=gate)
            seats = [s for s in self.view(desk).participants if self.judges(gate, s)]
            for criterion in self.gate(gate)[0]:
                claim = m.claims.add(criterion=criterion)
                for seat in seats:
                    box = SealedBox(PublicKey(bytes(seat.seal_public))).encrypt(
                        ("toelichting %s" % criterion).encode())
                    claim.explanation.add(oin=seat.oin, desk=seat.desk, box=box)
            return m
        return Act(self, desk, "case-gate", build)

    def judge(self, desk, gate, met=True):
        return Act(self, desk, "case-gate", lambda: W.CaseGate(
            case_id=self.case, gate=gate,
            judgements=[CASE.CriterionJudgement(criterion=c, met=met) for c in self.gate(gate)[0]]))

    def feedback(self, desk):
        return Act(self, desk, "feedback", lambda: W.GiveFeedback(
            case_id=self.case, feedback=CASE.Feedback(
                followed_up=True, assessment=CASE.ASSESSED_RIGHT, closed=True)))

    # --- whole ways --------------------------------------------------------------------

    def begin(self, file):
        """From the first signal to the answers of those who were asked."""
        yield self.open("meldpunt", "nijmegen")
        yield self.share("meldpunt", file, ["analist", "aandacht"])
        yield self.share("analist", file, ["aandacht", "meldpunt"], enriches=True)
        yield self.move("analist", "verrijkt")
        yield self.verdict("analist", True)
        yield self.move("aandacht", "versterkt")
        yield self.align("aandacht", ASKED)
        yield self.share("meldpunt", file, ASKED)

    def track(self, name, file):
        """The whole route with this table at its end."""
        table = TABLES[name]
        yield from self.begin(file)
        yield self.answer("politie", CASE.ALIGN_YES)
        yield self.answer("nla", CASE.ALIGN_NO)
        yield self.answer("zorgcoordinator", CASE.ALIGN_YES)
        yield self.move("aandacht", "vermoeden")
        yield self.move("aandacht", table["track"])
        yield self.join("aandacht", table["seats"])
        yield self.share("meldpunt", file, table["seats"])
        if table["gate"]:
            yield self.claim("aandacht", table["gate"])
            for judge in self.who_judges(table["gate"], "aandacht"):
                yield self.judge(judge, table["gate"])
        yield self.move("aandacht", table["to_table"])
        yield self.move(table["closes"], table["close"])
        yield self.feedback("aandacht")

    def no(self, file):
        """The branch without a suspicion."""
        yield from self.begin(file)
        for desk in ASKED:
            yield self.answer(desk, CASE.ALIGN_NO)
        yield self.move("aandacht", "geen_vermoeden")
        yield self.feedback("aandacht")


def notice_of(delivery):
    """The Notice in DELIVERY; None if it holds a signal."""
    copy = W.Copy.FromString(delivery.copy)
    return CASE.Notice.FromString(copy.notice) if copy.HasField("notice") else None
