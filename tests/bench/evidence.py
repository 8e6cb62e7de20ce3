#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""How much larger a delivery is by its evidence: the demo's story, each recipient.

    SLUIS=build/release/client/sluis SLUISD=build/release/broker/sluisd \
        tests/bench/evidence.py

Sizes in bytes: the signal in the copy, the whole delivery as it travels (copy padded to its
class, receipt with leaf, proof and head), and the same if its copy had no evidence.
"""

import pathlib
import statistics
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

import region as rg
import sluis_client as sc


def padded(n):
    """The size class of a copy of N bytes."""
    return next(size for size in sc.SIZE_CLASSES if size == n or size >= n + 2)


def without_evidence(delivery):
    copy = sc.wire_pb2.Copy.FromString(delivery.copy)
    copy.ClearField("evidence")
    copy.ClearField("padding")
    return len(delivery.SerializeToString()) - len(delivery.copy) + padded(
        len(copy.SerializeToString()))


def measure(region, step):
    """[(name, signal, whole, without)] of one step of the story."""
    with region.client(step["from"]) as c:
        c.exchange(c.build_submit(
            rg.signal_from(step["file"]).SerializeToString(), step["convenant"],
            step["phase"], step["purpose"], region.to(*step["to"])))
    for name in step["to"]:
        with region.client(name) as c:
            for delivery in c.receive():
                c.verify_evidence(delivery)
                c.acknowledge([delivery.delivery_id])
                copy = sc.wire_pb2.Copy.FromString(delivery.copy)
                yield (name, len(copy.signal), len(delivery.SerializeToString()),
                       without_evidence(delivery))


def main():
    ratios = []
    print("%-30s %-10s %-16s %6s %8s %8s  ratio" % (
        "file", "convenant", "recipient", "signal", "delivery", "without"))
    with rg.Region() as region:
        for step in rg.story():
            for name, signal, whole, without in measure(region, step):
                ratios.append(whole / without)
                print("%-30s %-10s %-16s %6d %8d %8d  %.2f" % (
                    step["file"], step["convenant"], name, signal, whole, without, ratios[-1]))
    print("ratio: median %.2f, from %.2f to %.2f" % (
        statistics.median(ratios), min(ratios), max(ratios)))


if __name__ == "__main__":
    main()
