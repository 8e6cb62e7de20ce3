# SPDX-License-Identifier: EUPL-1.2
"""The same signal about other people: every word of theirs is another one of the same length.

    other = someone.else_in(signal_from("01-older-friend.json"))

What a policy decides by (role, sex, age, form, dates of events, municipality) stays; letters become
the next ones of the alphabet, everywhere alike, so that a name in the narrative is still that name.
"""

import datetime

import leaks

# a person's words: names of string fields, at any depth
IDENTITY = {*leaks.IDENTIFIERS, "aliases", "accounts", "street", "house_number", "city", "facility",
            "avoid_region", "injuries", "treatment", "request", "details", "adverts", "summary",
            "text", "area", "place", "measure", "relation", "organisation", "applicant_name",
            "registered_holder", "effect_on_victim", "registration_number", "case_number", "benefit"}
# dates that say nothing about a person, and names that are no person's
KEPT = {"reporter.organisation"}


def next_letter(c):
    if "a" <= c <= "z" or "A" <= c <= "Z":
        last = "z" if c.islower() else "Z"
        return chr(ord(c) - 25) if c == last else chr(ord(c) + 1)
    return c


def letters(text):
    return "".join(map(next_letter, text))


def passes_eleven(digits):
    weights = [9, 8, 7, 6, 5, 4, 3, 2, -1]
    return sum(w * int(d) for w, d in zip(weights, digits)) % 11 == 0


def bsn(old):
    """Another number of the fictional range that passes the eleven test, written as OLD is."""
    n = int("".join(filter(str.isdigit, old))) + 11000
    while not passes_eleven("%09d" % n):
        n += 1
    new = iter("%09d" % n)
    return "".join(next(new) if c.isdigit() else c for c in old)


def iban(old):
    body = old[4:-3] + "%03d" % ((int(old[-3:]) + 500) % 1000)
    as_number = "".join(str(int(c, 36)) for c in body + old[:2] + "00")
    return "%s%02d%s" % (old[:2], 98 - int(as_number) % 97, body)


def digits(text):
    """The last three digits are others."""
    at = [i for i, c in enumerate(text) if c.isdigit()][-3:]
    changed = list(text)
    for i in at:
        changed[i] = str((int(text[i]) + 5) % 10)
    return "".join(changed)


def day_beside(old):
    """A birthday one day off that makes nobody older or younger today."""
    date = datetime.date.fromisoformat(old)
    today = datetime.date.today()

    def is_over(d):
        return (d.month, d.day) <= (today.month, today.day)
    for off in (1, -1):
        other = date + datetime.timedelta(days=off)
        if other.year == date.year and is_over(other) == is_over(date):
            return other.isoformat()
    return old


RULES = {"bsn": bsn, "iban": iban, "phone": digits, "guardian_phone": digits, "kvk_number": digits,
         "birth_date": day_beside, "plate": letters, "house_number": digits}


def another(path, value):
    name = path.split(".")[-1]
    if name not in IDENTITY or path in KEPT:
        return value
    return RULES.get(name, letters)(value)


def _change(message, path=()):
    for field, value in message.ListFields():
        many = field.label == field.LABEL_REPEATED
        here = path + (field.name,)
        if field.message_type:
            for one in value if many else [value]:
                _change(one, here)
        elif field.type == field.TYPE_STRING and many:
            value[:] = [another(".".join(here), v) for v in list(value)]
        elif field.type == field.TYPE_STRING:
            setattr(message, field.name, another(".".join(here), value))


def else_in(signal):
    """A copy of SIGNAL about other people."""
    other = type(signal)()
    other.CopyFrom(signal)
    _change(other)
    if len(other.SerializeToString()) != len(signal.SerializeToString()):
        raise AssertionError("a word has another length")
    return other


def words(signal):
    """[(path, value)] of the people of SIGNAL."""
    return [(path, v) for path, v in leaks.texts(signal) if another(path, v) != v]
