# SPDX-License-Identifier: EUPL-1.2
"""Fictional signals of a chosen size, each about other persons, for load generators.

    write(path, 1024, 2048)     2048 signals of 1024 bytes each, as tests/bench/load/payload.h reads

A small one has a victim and a suspect with their identifiers, a place and a narrative; a larger
one has more persons, and more is told about each.  What is left over is narrative, so that every
signal has exactly the size that was asked for.  The numbers are made by their own check digits and
from ranges that nobody is given.
"""

import pathlib
import struct
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

import sluis_client as sc
from google.protobuf import json_format

SMALLEST = 512
NARRATIVE_MAX = 16 * 1024       # SIGNAL_NARRATIVE_MAX of proto/limits.h
STRING_MAX = 2000
PERSONS_MAX = 32
SYLLABLES = ("ba", "do", "fe", "ga", "hu", "jo", "ka", "lo", "mi", "ne", "pa", "ro", "sa", "ti", "ve", "wi")
SENTENCE = "De deur gaat 's avonds op slot en het loon komt nooit op de dag die is afgesproken. "


def name(number):
    """A made-up name, another one for every number below 16^4."""
    return "".join(SYLLABLES[number >> shift & 15] for shift in (12, 8, 4, 0)).capitalize()


def bsn(number):
    """Another one for every number, by the eleven-test; where its last digit would have to be ten, the
    one before it is one higher."""
    for first in (90000000 + number * 10, 90000001 + number * 10):
        last = sum(int(d) * w for d, w in zip(str(first), range(9, 1, -1))) % 11
        if last < 10:
            return "%d%d" % (first, last)
    raise AssertionError("one of two passes")


def iban(number):
    """An account at a bank that is not there."""
    account = "FICT%010d" % number
    digits = "".join(str(int(c, 36)) for c in account + "NL00")
    return "NL%02d%s" % (98 - int(digits) % 97, account)


def person(number, role):
    made = {
        "role": role, "given_names": name(number * 3 % 65536), "family_name": name(number % 65536),
        "birth_date": "%d-%02d-%02d" % (1970 + number % 35, 1 + number % 12, 1 + number % 28),
        "bsn": bsn(number), "nationality": "NL"}
    if role == "VICTIM":
        made.update(trafficking_status="POSSIBLE_VICTIM", age_band="FROM_24", minor=False)
    return made


def details(number):
    """What more may be told of a person."""
    return {
        "document_number": "XD%07d" % (number % 10000000),
        "contact": {"phone": "+316%08d" % (number % 1000000)},
        "residence": {"street": name(number * 7 % 65536) + "weg", "house_number": str(1 + number % 90),
                      "postcode": "65%02d GT" % (number % 100), "city": "Kersenveld", "country": "NL"}}


def skeleton(number, size):
    """A signal as JSON, smaller than SIZE by what its narrative can hold."""
    first = number * PERSONS_MAX
    signal = {
        "meta": {"local_reference": "BN-%07d" % number, "observed_on": "2026-10-27", "origin": "INTEGRAL_CONTROL",
                 "strength": "STRENGTHENED", "municipality": "9901"},
        "exploitation": {"types": ["FORCED_LABOUR"], "sector": "HORTICULTURE",
                         "indicators": ["UNDERPAID", "EXCESSIVE_HOURS"], "hours_per_day": 12},
        "persons": [person(first, "VICTIM"), person(first + 1, "SUSPECT")],
        "narrative": {"text": "x"},
        "handling": {"layer": 1}}
    if size >= 1024:
        for n, p in enumerate(signal["persons"]):
            p.update(details(first + n))
        signal["vehicles"] = [{"plate": "0-SLS-%02d" % (number % 100), "make": "Boreas"}]
        signal["accounts"] = [{"iban": iban(number), "holder_name": name(number % 65536)}]
    return signal


def grow(signal, number, size):
    """More persons, each with more to tell, until the narrative can hold the rest."""
    for extra in range(2, PERSONS_MAX):
        if length(signal) + NARRATIVE_MAX >= size and size < 8 * 1024:
            return
        if length(signal) + NARRATIVE_MAX // 2 >= size:
            return
        p = person(number * PERSONS_MAX + extra, "VICTIM")
        p.update(details(number * PERSONS_MAX + extra))
        if size > 16 * 1024:
            p["health"] = {"injuries": (SENTENCE * 30)[:STRING_MAX - 100]}
        signal["persons"].append(p)


def length(signal):
    return len(json_format.ParseDict(signal, sc.signal_pb2.Signal()).SerializeToString())


def fill(signal, size):
    """Lengthen the narrative until the whole is of SIZE bytes."""
    message = json_format.ParseDict(signal, sc.signal_pb2.Signal())
    for _ in range(8):
        missing = size - message.ByteSize()
        if missing == 0:
            return message.SerializeToString()
        text = message.narrative.text
        wanted = max(1, len(text) + missing)
        message.narrative.text = (SENTENCE * (wanted // len(SENTENCE) + 1))[:wanted]
    return message.SerializeToString()    # one or two bytes off, where a length grows by a byte


def make(number, size):
    """Signal NUMBER, serialised, SIZE bytes long (to within a few at most)."""
    signal = skeleton(number, size)
    grow(signal, number, size)
    made = fill(signal, size)
    if abs(len(made) - size) > 3:
        raise ValueError("no signal of %d bytes can be made: %d" % (size, len(made)))
    return made


def write(path, size, count):
    with open(path, "wb") as f:
        for number in range(count):
            made = make(number, size)
            f.write(struct.pack(">I", len(made)) + made)


if __name__ == "__main__":
    write(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
