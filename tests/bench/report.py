# SPDX-License-Identifier: EUPL-1.2
"""The figures of tests/bench/growth and compare as text, as a page with plots, and for the README.

The page needs nothing but itself: no script, no font, no address.
"""

import html
import math

import measure

CURVES = (
    ("entries", "Entries in the journal", "cpu_ms_per_signal", "ms of the broker for a signal"),
    ("signals", "Signals that went before", "cpu_ms_per_signal", "ms of the broker for a signal"),
    ("parties", "Parties connected", "cpu_ms_per_signal", "ms of the broker for a signal"),
    ("recipients", "Recipients of a signal", "cpu_ms_per_copy", "ms of the broker for a copy"),
    ("bytes", "Bytes of a signal", "cpu_ms_per_signal", "ms of the broker for a signal"),
)
WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT, PAD = 520, 280, 62, 44, 16, 16, 24

STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 72em; margin: 2em auto; padding: 0 1em; color: #1b2530; }
h1 { font-size: 1.6em } h2 { font-size: 1.15em; margin-top: 2em }
table { border-collapse: collapse } td, th { padding: .25em .8em; text-align: right; border-bottom: 1px solid #d8dee4 }
td:first-child, th:first-child { text-align: left }
.plots { display: flex; flex-wrap: wrap; gap: 1.5em } figure { margin: 0 } figcaption { font-weight: 600 }
svg { background: #fbfcfd; border: 1px solid #d8dee4 } svg text { font: 11px system-ui, sans-serif; fill: #46535f }
"""


def short(n):
    """1000000 -> 1M."""
    for size, unit in ((10 ** 6, "M"), (1024, "Ki"), (10 ** 3, "k")):
        if n >= size and n % size == 0:
            return "%d%s" % (n // size, unit)
    return "%d" % n


def spread(points, key):
    """The dearest point over the cheapest."""
    values = [p[key] for p in points]
    return max(values) / max(min(values), 1e-9)


# --- a plot -------------------------------------------------------------------------------------


def nice_top(value):
    """A round number at or above VALUE, for the axis."""
    step = 10 ** math.floor(math.log10(value)) if value > 0 else 1
    return next(step * m for m in (1, 1.5, 2, 3, 4, 5, 6, 8, 10) if step * m >= value)


def scale(points, key):
    """Functions from a point to x (logarithmic) and from a value to y, and the top of y."""
    low, high = math.log(points[0]["at"]), math.log(points[-1]["at"])
    top = nice_top(max(p[key] for p in points) * 1.05)
    across, up = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def x(p):
        return LEFT + PAD + (across - 2 * PAD) * ((math.log(p["at"]) - low) / (high - low) if high > low else 0.5)

    def y(value):
        return TOP + up * (1 - value / top)

    return x, y, top


def plot(points, key, x_title, y_title):
    """One curve as SVG: x logarithmic, y from zero, every point labelled."""
    x, y, top = scale(points, key)
    out = ['<svg viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-label="%s">' % (
        WIDTH, HEIGHT, WIDTH, HEIGHT, html.escape(y_title + " by " + x_title, quote=True))]
    for part in range(5):
        value = top * part / 4
        out.append('<line x1="%d" y1="%.1f" x2="%d" y2="%.1f" stroke="#e3e8ed"/>' % (
            LEFT, y(value), WIDTH - RIGHT, y(value)))
        out.append('<text x="%d" y="%.1f" text-anchor="end">%.3g</text>' % (LEFT - 6, y(value) + 4, value))
    out.append('<polyline fill="none" stroke="#1f6feb" stroke-width="2" points="%s"/>' % " ".join(
        "%.1f,%.1f" % (x(p), y(p[key])) for p in points))
    for p in points:
        out.append('<circle cx="%.1f" cy="%.1f" r="3.5" fill="#1f6feb"/>' % (x(p), y(p[key])))
        out.append('<text x="%.1f" y="%.1f" text-anchor="middle">%.3g</text>' % (x(p), y(p[key]) - 8, p[key]))
        out.append('<text x="%.1f" y="%d" text-anchor="middle">%s</text>' % (
            x(p), HEIGHT - BOTTOM + 16, short(p["at"])))
    out.append('<text x="%d" y="%d" text-anchor="middle">%s</text>' % (
        (LEFT + WIDTH - RIGHT) // 2, HEIGHT - 8, html.escape(x_title)))
    out.append('<text x="14" y="%d" text-anchor="middle" transform="rotate(-90 14 %d)">%s</text></svg>' % (
        HEIGHT // 2 - 10, HEIGHT // 2 - 10, html.escape(y_title)))
    return "\n".join(out)


# --- the page -----------------------------------------------------------------------------------


def machine_line(m):
    return "%s, %d cores, %s GiB, Linux %s, %s, fdatasync of 4 KiB %s ms" % (
        m["cpu"], m["cores"], m["memory_gib"], m["kernel"], m["file_system"], m["fsync_ms"])


def table(rows):
    cells = [["<th>%s</th>" % html.escape(c) for c in rows[0]]]
    cells += [["<td>%s</td>" % html.escape(c) for c in row] for row in rows[1:]]
    return "<table>%s</table>" % "\n".join("<tr>%s</tr>" % "".join(row) for row in cells)


def beside_rows(beside):
    names = [n for n in ("sluis", "mosquitto", "rabbitmq") if n in beside]
    rows = [[""] + names]
    rows += [["ratio of sluis to it"] + ["%.2f" % beside["ratio_" + n] if "ratio_" + n in beside else "1"
                                         for n in names]]
    return rows + [[title.strip()] + [form % beside[n][key] for n in names] for title, key, form in measure.ROWS]


def point_rows(points):
    rows = [["", "signals/s", "ms per signal", "ms per copy", "p50 ms", "p99 ms", "peak KiB"]]
    return rows + [[short(p["at"]), "%.0f" % p["signals_per_s"], "%.3f" % p["cpu_ms_per_signal"],
                    "%.3f" % p["cpu_ms_per_copy"], "%.1f" % p["accept_p50_ms"], "%.1f" % p["accept_p99_ms"],
                    "%d" % p["broker_peak_kib"]] for p in points]


def page(result, beside=None):
    out = ["<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>sluis: figures</title><style>%s</style>"
           % STYLE, "<h1>sluis: figures</h1>", "<p>%s</p>" % html.escape(machine_line(result["machine"]))]
    if beside:
        out += ["<h2>Side by side</h2>", table(beside_rows(beside))]
        out += ["<p><b>%s</b> %s: %s.</p>" % (n, html.escape(beside[n]["version"]), html.escape(beside[n]["promise"]))
                for n in ("sluis", "mosquitto", "rabbitmq") if n in beside]
    out.append("<h2>What a signal costs as a region grows</h2><p>Processor time of the broker with all its "
               "processes; one thing grows, the rest stays at 1 KiB, three recipients, four connected parties "
               "and an empty journal.</p><div class=\"plots\">")
    for key, title, value, unit in CURVES:
        if result.get(key):
            out.append("<figure><figcaption>%s: dearest over cheapest %.2f</figcaption>%s</figure>" % (
                title, spread(result[key], value), plot(result[key], value, title, unit)))
    out.append("</div>")
    for key, title, _, _ in CURVES:
        if result.get(key):
            out += ["<h2>%s</h2>" % title, table(point_rows(result[key]))]
    return "\n".join(out) + "</html>\n"


# --- text ---------------------------------------------------------------------------------------


def as_text(result):
    lines = [machine_line(result["machine"]), ""]
    for key, title, value, unit in CURVES:
        if result.get(key):
            lines.append("%s: %s, dearest over cheapest %.2f" % (title, unit, spread(result[key], value)))
            lines += ["".join("%14s" % cell for cell in row) for row in point_rows(result[key])] + [""]
    return "\n".join(lines)


# --- for the README -----------------------------------------------------------------------------


def markdown_table(rows):
    rows = [["| " + " | ".join(rows[0]) + " |", "|---|" + "---:|" * (len(rows[0]) - 1)]] + [
        ["| " + " | ".join(row) + " |"] for row in rows[1:]]
    return "\n".join(line for row in rows for line in row) + "\n"


def growth_rows(result):
    rows = [["broker's processor time", "from", "to", "dearest over cheapest"]]
    for key, title, value, unit in CURVES:
        points = result.get(key)
        if points:
            first, last = ("%s: %.3f ms" % (short(p["at"]), p[value]) for p in (points[0], points[-1]))
            rows.append(["%s, %s" % (title.lower(), unit.replace("ms of the broker ", "")), first, last,
                         "%.2f" % spread(points, value)])
    return rows


def markdown(beside, result=None):
    """The tables of the README, with the machine named and the ratios first."""
    m = beside["machine"]
    text = "\n%s; fdatasync of 4 KiB %s ms. Medians of %d rounds of %g s, %d bytes, %d recipients, all on this\n" \
           "machine, load generators included:\n\n" % (
               machine_line(m).rpartition(", ")[0], m["fsync_ms"], beside["rounds"], beside["seconds"],
               beside["signal_bytes"], beside["recipients"])
    if m["load_before"] > 1:
        text = text.replace(", all on this", " (busy with other work: load %.1f), all on this" % m["load_before"])
    text += markdown_table(beside_rows(beside))
    if result:
        text += "\n" + markdown_table(growth_rows(result))
    return text + "\n"
