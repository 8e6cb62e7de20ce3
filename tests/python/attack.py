# SPDX-License-Identifier: EUPL-1.2
"""Whoever has the published tables and a solver of linear equations.

    low, high = attack.bounds(equations, n, i)

EQUATIONS are [({variable: factor}, value)] over N variables that are not negative; exact
simplex, in fractions, with Bland's rule.  Nothing here knows how the tables were made.
"""

from fractions import Fraction


def _pivot(rows, base, row, col):
    scale = rows[row][col]
    rows[row] = [v / scale for v in rows[row]]
    for i, r in enumerate(rows):
        if i != row and r[col]:
            factor = r[col]
            rows[i] = [a - factor * b for a, b in zip(r, rows[row])]
    if row < len(base):
        base[row] = col


def _climb(rows, base, width):
    """Maximise: the last row is the negated aim.  False if there is no limit."""
    while True:
        col = next((c for c in range(width) if rows[-1][c] < 0), None)
        if col is None:
            return True
        row = min(((rows[i][-1] / rows[i][col], base[i], i) for i in range(len(base))
                   if rows[i][col] > 0), default=None)
        if row is None:
            return False
        _pivot(rows, base, row[2], col)


class Solver:
    """A feasible corner of the equations, from which every variable is pushed both ways."""

    def __init__(self, equations, n):
        self.n, m = n, len(equations)
        rows = []
        for i, (factors, value) in enumerate(equations):
            row = [Fraction(factors.get(c, 0)) for c in range(n)] + [Fraction(0)] * m + [Fraction(value)]
            assert value >= 0
            row[n + i] = Fraction(1)
            rows.append(row)
        aim = [-sum(r[c] for r in rows) for c in range(n)] + [Fraction(0)] * m
        aim.append(-sum(r[-1] for r in rows))
        base = list(range(n, n + m))
        rows.append(aim)
        _climb(rows, base, n)
        assert rows[-1][-1] == 0, "no table fits what was published"
        rows.pop()
        for i in range(m):      # artificial variables that are still there, at zero
            if base[i] >= n:
                col = next((c for c in range(n) if rows[i][c] != 0), None)
                if col is not None:
                    _pivot(rows, base, i, col)
        keep = [i for i in range(m) if base[i] < n]
        self.rows = [rows[i][:n] + [rows[i][-1]] for i in keep]
        self.base = [base[i] for i in keep]

    def _most(self, i, sign):
        rows, base = [list(r) for r in self.rows], list(self.base)
        aim = [Fraction(0)] * (self.n + 1)
        aim[i] = Fraction(-sign)
        rows.append(aim)
        for k, b in enumerate(base):
            if rows[-1][b]:
                factor = rows[-1][b]
                rows[-1] = [a - factor * v for a, v in zip(rows[-1], rows[k])]
        return sign * rows[-1][-1] if _climb(rows, base, self.n) else None

    def bounds(self, i):
        return self._most(i, -1), self._most(i, 1)


def of_table(family, table):
    """(equations, n, {variable: (row, column)}) of one published table."""
    at, equations = {}, []
    for r, row in enumerate(table["cells"]):
        for c, value in enumerate(row):
            if value is None:
                at[(r, c)] = len(at)
    for r, total in enumerate(family["row_totals"]):
        known = sum(v for v in table["cells"][r] if v is not None)
        equations.append(({at[(r, c)]: 1 for c in range(len(table["columns"])) if (r, c) in at},
                          total - known))
    for c, total in enumerate(table["column_totals"]):
        known = sum(row[c] for row in table["cells"] if row[c] is not None)
        equations.append(({at[(r, c)]: 1 for r in range(len(family["rows"])) if (r, c) in at},
                          total - known))
    return [(f, v) for f, v in equations if f], len(at), {v: k for k, v in at.items()}


def of_pair(family, one, two):
    """The same of two tables with all that they could say of who stands in both."""
    rows, a, b = len(family["rows"]), len(one["columns"]), len(two["columns"])

    def place(r, i, k):
        return (r * a + i) * b + k

    equations = []
    for table, n, cells in ((one, a, lambda r, i: {place(r, i, k): 1 for k in range(b)}),
                            (two, b, lambda r, k: {place(r, i, k): 1 for i in range(a)})):
        for r in range(rows):
            for c in range(n):
                if table["cells"][r][c] is not None:
                    equations.append((cells(r, c), table["cells"][r][c]))
        for c, total in enumerate(table["column_totals"]):
            merged = {}
            for r in range(rows):
                merged.update(cells(r, c))
            equations.append((merged, total))
    for r, total in enumerate(family["row_totals"]):
        equations.append(({place(r, i, k): 1 for i in range(a) for k in range(b)}, total))
    return equations, rows * a * b, place
