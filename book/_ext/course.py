"""The book's own directives: `lesson` (the line below a title), `explorable` and `graph` (figures of ours), `licences`.

It also reads SITE_URL, which feeds the sitemap and the Open Graph cards, and turns solutions into <details>,
which open without a script.
"""

import json
import os
import re
from html import escape
from pathlib import Path
from urllib.parse import urlparse

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective
from sphinx_exercise.nodes import solution_node

SLIPS = Path(__file__).resolve().parents[2] / "chainrule_lib" / "judge" / "misconceptions.json"


def site_url() -> str:
    """Where the site will stand: SITE_URL, or this machine's own preview."""
    return os.environ.get("SITE_URL", "http://127.0.0.1:8000/").rstrip("/") + "/"


def set_site(app, config):
    config.html_baseurl = config.ogp_site_url = site_url()
    prefix = config.notfound_urls_prefix = urlparse(site_url()).path
    config.notfound_context["body"] = config.notfound_context["body"].replace('href="/', f'href="{prefix}')


class Lesson(SphinxDirective):
    """`:minutes:`, `:needs:` and `:practice:` of a chapter, with the link to its notebook."""

    option_spec = {"minutes": int, "needs": str, "practice": str}

    def run(self):
        slug = Path(self.env.docname).name
        facts = [
            f"About {self.options['minutes']} minutes",
            f"You need: {escape(self.options['needs'])}",
            f"Practice: {escape(self.options['practice'])}",
            f'<a href="../notebooks/{slug}.ipynb" download="">Take this page as a notebook</a>',
        ]
        items = "\n".join(f"<li>{fact}</li>" for fact in facts)  # the search's excerpts need the space between
        return [nodes.raw("", f'<ul class="lesson">{items}</ul>', format="html")]


class Explorable(SphinxDirective):
    """An explorable of chainrule_lib, drawn at build time; in the page's notebook it is a widget.

    The argument is its name, `:controls:` a JSON object of control values, `:name:` its label, the body its caption.
    """

    required_arguments = 1
    has_content = True
    option_spec = {"controls": json.loads, "name": directives.unchanged}

    def run(self):
        from chainrule_lib import explore

        picture = explore.figure(self.arguments[0], **self.options.get("controls", {}))
        figure = nodes.figure(classes=["explorable"])
        figure += nodes.raw("", picture, format="html")
        caption, messages = self.state.inline_text(" ".join(self.content), self.lineno)
        figure += nodes.caption("", "", *caption)
        self.set_source_info(figure)
        self.add_name(figure)
        return [figure, *messages]


class GraphFigure(SphinxDirective):
    """A dependency graph of symbols: each line of the body is an edge, "source target label"."""

    has_content = True
    option_spec = {"title": str, "caption": str}

    def run(self):
        from chainrule_lib import Graph

        picture = Graph.symbolic([line.split(maxsplit=2) for line in self.content]).svg(title=self.options["title"])
        caption, messages = self.state.inline_text(self.options["caption"], self.lineno)
        legend = nodes.legend("", nodes.paragraph("", "", *caption))  # a caption would be numbered
        return [nodes.figure("", nodes.raw("", picture, format="html"), legend), *messages]


def slip_list(ids: list[str], pages: list[str]) -> str:
    """The slips as a definition list in Markdown: name, what the numbers show, the check by hand, where to read."""
    known = {slip["id"]: slip for slip in json.loads(SLIPS.read_text("utf-8"))}
    chapter = {page[:2]: page for page in pages}
    items = []
    for slip in map(known.__getitem__, ids):
        where = " and ".join(f"{{doc}}`{chapter[number]}`" for number in slip["chapter"].split(","))
        like = ", ".join(f"{{ref}}`{other} <slip-{other.lower()}>`" for other in slip["confused_with"])
        items.append(
            f"**[{slip['id']}]{{#slip-{slip['id'].lower()}}} {slip['name']}**\n"
            f": *Shows:* {slip['signature']}.\n  *By hand:* {slip['hand_check']}\n  Read {where}; easily taken for {like}.\n"
        )
    return "\n".join(items)


class Slips(SphinxDirective):
    """The slips that the grader names, from its own file: `:::{slips} M01 M02`."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self):
        self.env.note_dependency(str(SLIPS))
        pages = sorted(Path(name).name for name in self.env.found_docs if Path(name).name[0].isdigit())
        box = nodes.container(classes=["slips"])
        lines = StringList(slip_list(self.arguments[0].split(), pages).splitlines(), str(SLIPS))
        self.state.nested_parse(lines, self.content_offset, box)
        return [box]


class Exercises(SphinxDirective):
    """Every exercise of every chapter, with a link to it."""

    def run(self):
        box, lines = nodes.container(), []
        for page in sorted(Path(self.env.srcdir, "book").glob("[0-9]*.md")):
            self.env.note_dependency(str(page))
            lines += ["", f"**{{doc}}`{page.stem}`**", ""]
            found = re.findall(r"^:{3,}\{exercise\} (.*)\n:label: (\S+)$", page.read_text("utf-8"), re.M)
            lines += [f"- {{ref}}`{title} <{label}>`" for title, label in found]
        self.state.nested_parse(StringList(lines, "exercises"), self.content_offset, box)
        return [box]


class Licences(SphinxDirective):
    """A section for everything in _vendor/licences.json, with its whole licence text."""

    def run(self):
        path = Path(self.env.srcdir, "_vendor", "licences.json")
        self.env.note_dependency(str(path))
        sections = []
        for row in json.loads(path.read_text("utf-8")):
            title = f"{row['name']} {row['version']}"
            section = nodes.section(ids=[nodes.make_id("licence " + row["name"])], names=[title])
            files = ", ".join(row["files"]) or "none of its own: its drawings stand in the pages"
            section += nodes.title(title, title)
            section += nodes.paragraph("", f"Licence: {row['licence']}. Its files in this site: {files}.")
            text = nodes.literal_block(row["text"], row["text"], language="none", classes=["licence-text"])
            section += text
            sections.append(section)
        return sections


def open_solution(self, node):
    title = node.pop(0)
    self.body.append(self.starttag(node, "details", CLASS="solution-box"))
    self.body.append(f"<summary>{escape(title.astext())}</summary>\n")


def close_solution(self, node):
    self.body.append("</details>\n")


def setup(app):
    app.add_config_value("comments_config", {}, "html")  # jupyter-book always sets it; we have no comments
    app.connect("config-inited", set_site, priority=100)
    app.add_directive("lesson", Lesson)
    app.add_directive("explorable", Explorable)
    app.add_directive("graph", GraphFigure)
    app.add_directive("slips", Slips)
    app.add_directive("exercises", Exercises)
    app.add_directive("licences", Licences)
    app.add_node(solution_node, override=True, html=(open_solution, close_solution))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
