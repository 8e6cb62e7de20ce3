# SPDX-License-Identifier: EUPL-1.2
"""A page as an auditor of accessibility reads it: parsed strictly, then looked at.

    page = Page(text)           # AssertionError where the markup is not well formed
    page.check(lang, allowed)   # language, headings, tables, plots, links, nothing fetched
"""

import html.parser
import re

VOID = {"meta", "br", "link", "img", "hr", "input"}
EMPTY = {"rect", "path"}            # of SVG, closed where they open
NEVER = {"script", "link", "img", "iframe", "object", "embed", "form", "base", "video", "audio",
         "image", "use", "foreignobject", "a:svg"}


class Element:
    def __init__(self, name, attributes, parent):
        self.name, self.attributes, self.parent, self.children = name, dict(attributes), parent, []

    def all(self, *names):
        for child in self.children:
            if isinstance(child, Element):
                if not names or child.name in names:
                    yield child
                yield from child.all(*names)

    def text(self):
        return "".join(c if isinstance(c, str) else c.text() for c in self.children)


class Page(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.source = text
        self.root = self.at = Element("", {}, None)
        self.feed(text)
        self.close()
        assert self.at is self.root, "<%s> is not closed" % self.at.name

    def _put(self, name, attributes):
        assert len({k for k, _ in attributes}) == len(attributes), "double attribute on <%s>" % name
        assert all(v is not None for _, v in attributes), "empty attribute on <%s>" % name
        element = Element(name, attributes, self.at)
        self.at.children.append(element)
        return element

    def handle_starttag(self, tag, attrs):
        element = self._put(tag, attrs)
        if tag not in VOID:
            self.at = element

    def handle_startendtag(self, tag, attrs):
        assert tag in EMPTY, tag
        self._put(tag, attrs)

    def handle_endtag(self, tag):
        assert self.at.name == tag, "</%s> closes <%s>" % (tag, self.at.name)
        self.at = self.at.parent

    def handle_data(self, data):
        self.at.children.append(data)

    # --- what has to hold ----------------------------------------------------------------

    def check(self, lang):
        assert self.source.startswith("<!DOCTYPE html>\n")
        assert next(self.root.all("html")).attributes["lang"] == lang
        assert len(list(self.root.all("h1"))) == len(list(self.root.all("main"))) == 1
        assert next(self.root.all("title")).text().strip()
        self.headings()
        self.tables()
        self.plots()
        self.links()
        self.stands_alone()

    def headings(self):
        level = 0
        for h in self.root.all("h1", "h2", "h3", "h4", "h5", "h6"):
            assert h.text().strip()
            assert int(h.name[1]) <= level + 1, h.text()
            level = int(h.name[1])

    def tables(self):
        for table in self.root.all("table"):
            caption, = table.all("caption")
            assert caption.text().strip()
            for header in table.all("th"):
                assert header.attributes.get("scope") in ("col", "row") and header.text().strip()
            for cell in table.all("td"):        # colour is never the only sign
                assert cell.text().strip() or cell.attributes.get("class") not in set("vgpxn")
            assert len({sum(1 for _ in row.all("th", "td")) for row in table.all("tr")}) == 1, caption.text()

    def plots(self):
        """A title and a description of its own, and the same numbers in the table that follows."""
        for svg in self.root.all("svg"):
            assert svg.attributes["role"] == "img"
            ids = svg.attributes["aria-labelledby"].split()
            found = {e.attributes.get("id"): e for e in svg.all("title", "desc")}
            assert set(ids) == set(found) and all(e.text().strip() for e in found.values())
            place = svg.parent.parent.children
            after = next(c for c in place[place.index(svg.parent) + 1:] if isinstance(c, Element))
            table, = after.all("table")
            rows = [r for r in table.all("tr") if list(r.all("td"))]
            bars = [e for e in svg.all("rect") if e.attributes["class"] == "bar"]
            assert len(rows) == len(bars), next(table.all("caption")).text()
            values = [int(next(r.all("td")).text()) for r in rows]
            sizes = [int(b.attributes["width"]) for b in bars]
            if len(set(sizes)) == 1:
                sizes = [int(b.attributes["height"]) for b in bars]
            order = sorted(range(len(bars)), key=lambda i: values[i])
            assert [sizes[i] for i in order] == sorted(sizes)

    def links(self):
        ids = [e.attributes["id"] for e in self.root.all() if "id" in e.attributes]
        assert len(ids) == len(set(ids)), "an id stands twice"
        for link in self.root.all("a"):
            assert link.attributes["href"].startswith("#") and link.attributes["href"][1:] in ids
            assert link.text().strip()
        for e in self.root.all():
            for name in ("aria-labelledby", "aria-describedby"):
                assert set(e.attributes.get(name, "").split()) <= set(ids)

    def stands_alone(self):
        for e in self.root.all():
            assert e.name not in NEVER, e.name
            assert not [a for a in e.attributes
                        if a.startswith("on") or a in ("src", "style", "srcset", "xlink:href")]
        style = next(self.root.all("style")).text()
        assert not re.search(r"url\(|@import|expression", style)
        assert "default-src 'none'" in self.source and not re.search(r"https?://", self.source)
