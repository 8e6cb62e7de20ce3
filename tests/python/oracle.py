# SPDX-License-Identifier: EUPL-1.2
"""What a recipient should get, worked out apart from the broker.

The broker says in a preview which field paths one *record* would have released; this
module cuts the signal by that, on its own, so that the copy that arrives can be compared
as a whole: nothing more, and nothing less.
"""

import datetime

import leaks
import sluis_client as sc

PERSONS = 3  # field number of Signal.persons

ROLE_FACT = {"VICTIM": "victim", "SUSPECT": "suspect", "FACILITATOR": "suspect",
             "WITNESS": "witness", "RELATIVE": "relative", "GUARDIAN": "relative"}


def age_of(birth, today):
    """Lowest age that fits a birth date with unknown parts; None without one."""
    if not birth:
        return None
    year, month, day = (int(x) for x in birth.split("-"))
    return today.year - year - ((today.month, today.day) < (month or 12, day or 31))


def facts_of_person(person, today=None):
    """The names of the facts that hold for one person record (docs/wire.md, preview)."""
    today = today or datetime.datetime.utcnow().date()
    p = sc.signal_pb2
    facts = {ROLE_FACT.get(p.PersonRole.Name(person.role), "other_person")}
    age = age_of(person.birth_date, today)
    young = person.age_band in (p.UNDER_12, p.FROM_12_TO_17)
    old = person.age_band in (p.FROM_18_TO_23, p.FROM_24)
    minor = person.minor or young or (age is not None and age < 18)
    adult = (person.HasField("minor") and not person.minor) or old or (age is not None and age >= 18)
    if minor:
        facts.add("minor")
    elif adult:
        facts.add("adult")
    for c in person.consents:
        stands = (c.given_on and c.given_on <= today.isoformat() and not c.withdrawn_on
                  and (not c.valid_until or today.isoformat() <= c.valid_until))
        withdrawn = any(o.scope == c.scope and o.withdrawn_on and
                        (o.withdrawn_on >= c.given_on or "-00" in o.withdrawn_on)
                        for o in person.consents)
        counts = ("adult" in facts or (16 <= (age or 0) < 18 and person.age_band != p.UNDER_12)
                  or c.by_guardian)
        if stands and counts and not withdrawn:
            if c.scope == p.CARE_TO_CARE:
                facts.add("consent_care")
            if c.scope == p.CARE_TO_ENFORCEMENT:
                facts.add("consent_enforcement")
    return sorted(facts)


def present_paths(message, under=()):
    """{numbers} of the leaf fields that hold a value."""
    return {numbers for _, numbers, _ in leaks.leaf_values(message, under)}


def pack(paths):
    return b"".join(sc.pack_path(p) for p in sorted(paths))


def facts_of_values(signal):
    """The facts of a whole signal that follow from values, which a preview does not hold."""
    p = signal
    facts = {"urgent"} if p.meta.urgent else set()
    origin = {sc.signal_pb2.ANONYMOUS_REPORT: "anonymous_report",
              sc.signal_pb2.ADDRESS_QUALITY: "address_signal"}.get(p.meta.origin)
    if origin:
        facts.add(origin)
    if p.planned_interventions and all(i.effect_on_victim for i in p.planned_interventions):
        facts.add("effect_named")
    if any(f.kind == sc.signal_pb2.ADMINISTRATIVE_REPORT for f in p.police_8_13):
        facts.add("administrative_report")
    return sorted(facts)


def preview_of_record(signal, index, convenant, phase, purpose, to):
    """A Preview of SIGNAL as if person INDEX were the only person in it (None: nobody)."""
    m = sc.wire_pb2.Preview(convenant=convenant, phase=phase, purpose=purpose)
    for oin, desk in to:
        m.recipients.add(oin=oin, desk=desk)
    if signal.HasField("handling"):
        m.handling.CopyFrom(signal.handling)
    if index is not None:
        only = sc.signal_pb2.Signal(persons=[signal.persons[index]])
        m.records.add(facts=facts_of_person(signal.persons[index]), paths=pack(present_paths(only)))
    rest = sc.signal_pb2.Signal()
    rest.CopyFrom(signal)
    del rest.persons[:]
    m.records.add(facts=facts_of_values(signal), paths=pack(present_paths(rest)))
    return m


class Rulings:
    """For one signal and question: per recipient and record, {action: {numbers}}."""

    def __init__(self, client, signal, convenant, phase, purpose, to):
        self.signal = signal
        self.by_record = {}
        for index in [None, *range(len(signal.persons))]:
            answer = client.exchange(client.build(
                sc.PREVIEW, preview_of_record(signal, index, convenant, phase, purpose, to)))
            for outcome in answer.outcomes:
                self.by_record[outcome.oin, outcome.desk, index] = actions_of(outcome)

    def paths(self, oin, desk, index, action):
        """Paths ruled ACTION in person INDEX, or outside persons for None."""
        ruled = self.by_record.get((oin, desk, index), {}).get(sc.ACTION[action], set())
        return {p for p in ruled if (p[0] == PERSONS) == (index is not None)}

    def expected(self, oin, desk):
        """The Signal that OIN, DESK should receive, and the values that it should not."""
        cut, withheld = sc.signal_pb2.Signal(), []
        cut.CopyFrom(self.signal)
        del cut.persons[:]
        keep(cut, (), self.paths(oin, desk, None, "ACTION_RELEASE"), withheld)
        for i, person in enumerate(self.signal.persons):
            whole = sc.signal_pb2.Signal(persons=[person])
            keep(whole, (), self.paths(oin, desk, i, "ACTION_RELEASE"), withheld)
            cut.persons.extend(whole.persons)
        return cut, withheld


    def visible_persons(self, oin, desk):
        """How many person records may show at all: some field of them is not withheld."""
        actions = ("ACTION_RELEASE", "ACTION_GENERALISE", "ACTION_PSEUDONYMISE")
        return sum(any(self.paths(oin, desk, i, a) for a in actions)
                   for i in range(len(self.signal.persons)))


def empty_messages(message, path=""):
    """Paths of the messages that hold nothing: persons[0].residence, vehicles[1]."""
    found = []
    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        many = field.label == field.LABEL_REPEATED
        for i, v in enumerate(value if many else [value]):
            here = path + field.name + ("[%d]" % i if many else "")
            found += [here] if not v.ListFields() else empty_messages(v, here + ".")
    return found


def without_empty(message):
    """A copy of MESSAGE without messages that hold nothing, at every depth."""
    copy = type(message)()
    copy.CopyFrom(message)
    everything = present_paths(message)
    keep(copy, (), everything, [])
    return copy


def actions_of(outcome):
    """{action: {numbers}} of the groups of an Outcome."""
    found = {}
    for group in outcome.groups:
        found.setdefault(group.action, set()).update(sc.unpack_paths(group.paths))
    return found


def keep(message, numbers, released, withheld):
    """Strip MESSAGE of all but RELEASED; what goes is added to WITHHELD as (path, text)."""
    for field, value in message.ListFields():
        here = numbers + (field.number,)
        many = field.label == field.LABEL_REPEATED
        if field.message_type is None:
            if here not in released:
                for v in value if many else [value]:
                    withheld.append((sc.path_name(here), v))
                message.ClearField(field.name)
            continue
        kept = []
        for v in list(value) if many else [value]:
            keep(v, here, released, withheld)
            if v.ListFields():
                copy = type(v)()
                copy.CopyFrom(v)
                kept.append(copy)
        message.ClearField(field.name)
        if many:
            getattr(message, field.name).extend(kept)
        elif kept:
            getattr(message, field.name).CopyFrom(kept[0])
