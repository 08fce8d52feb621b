# SPDX-License-Identifier: CC-BY-4.0
"""Sphinx makes web pages of the handouts: `make handouts`. The pages read as well without it, as plain Markdown."""

project = "ring1"
author = "The ring1 authors"
copyright = "2026, the ring1 authors, CC BY 4.0"

extensions = ["myst_parser"]
myst_heading_anchors = 3

html_theme = "furo"
html_title = "ring1"
html_static_path = ["static"]
html_css_files = ["handouts.css"]
html_show_sphinx = False
html_copy_source = False

# The list of pages for the sidebar. It is not in index.md, where other viewers would show its source.
CONTENTS = """
```{toctree}
:hidden:
:glob:

lab*
abi
```
"""


def add_contents(app, page, source):
    """Called with each page's text before it is parsed."""
    if page == "index":
        source[0] += CONTENTS


def setup(app):
    """Called by Sphinx."""
    app.connect("source-read", add_contents)
