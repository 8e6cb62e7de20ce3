# SPDX-License-Identifier: EUPL-1.2
"""The most that a small frame can ask: as many persons and recipients as there may be.  8 KiB
of it are worth some 30 MiB when they are prepared."""

import sluis_client as sc

NOBODY = [("%020d" % i, None) for i in range(64)]   # OINs that no party has


def signal():
    s = sc.signal_pb2.Signal()
    for i in range(64):
        p = s.persons.add(
            role=1, given_names="Noor", family_name="Proef", birth_date="1990-01-01",
            document_number="NLD%06d" % i)
        p.contact.phone = "+3161234%04d" % i
        p.residence.postcode, p.residence.house_number = "1234 AB", str(i + 1)
        p.health.pregnant = True
    return s.SerializeToString()
