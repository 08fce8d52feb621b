# SPDX-License-Identifier: MIT
"""Relative links and anchors in the Markdown files lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

from grader.house.files import sources, text

FENCE = re.compile(r"^(```|~~~).*?^\1[^\n]*$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`+[^`\n]*`+")
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
INLINE_LINK = re.compile(r"\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
REFERENCE = re.compile(r"^\[[^\]]+\]:\s*<?([^\s>]+)>?", re.MULTILINE)
HTML_LINK = re.compile(r"<(?:a|img|source)\b[^>]*?\b(?:href|src|srcset)=\"([^\"]+)\"")
HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*\s*$", re.MULTILINE)
HTML_ANCHOR = re.compile(r"<\w+\b[^>]*?\b(?:id|name)=\"([^\"]+)\"")
MYST_ANCHOR = re.compile(r"^\(([\w-]+)\)=$", re.MULTILINE)
ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


def slug(heading: str) -> str:
    """The anchor that GitHub gives a heading."""
    plain = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", heading)
    plain = re.sub(r"<[^>]+>|[`*]", "", plain)
    return re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-")


def anchors(markdown: str) -> set[str]:
    """All anchors of a page; a heading that comes twice gets -1, -2, ..."""
    prose = COMMENT.sub("", FENCE.sub("", markdown))
    found: set[str] = set(HTML_ANCHOR.findall(prose)) | set(MYST_ANCHOR.findall(prose))
    counts: dict[str, int] = {}
    for heading in HEADING.findall(prose):
        name = slug(heading)
        count = counts.get(name, 0)
        counts[name] = count + 1
        found.add(f"{name}-{count}" if count else name)
    return found


def links(markdown: str) -> list[str]:
    """The targets of all links and images, not those shown as code."""
    prose = CODE.sub("", COMMENT.sub("", FENCE.sub("", markdown)))
    return INLINE_LINK.findall(prose) + REFERENCE.findall(prose) + HTML_LINK.findall(prose)


def why_broken(page: Path, target: str) -> str | None:
    """Why this link of this page leads nowhere; None when it does lead somewhere, or out of the repository."""
    if ELSEWHERE.match(target):
        return None
    name, _, anchor = unquote(target).partition("#")
    file = (page.parent / name) if name else page
    if not file.exists():
        return f"{target}: there is no such file"
    if anchor and file.suffix == ".md" and anchor not in anchors(text(file)):
        return f"{target}: there is no such heading"
    return None


def broken_links(root: Path) -> list[str]:
    """Links in Markdown files that lead nowhere."""
    return [
        f"{page.relative_to(root)}: {why}"
        for page in sources(root, ".md")
        for target in links(text(page))
        if (why := why_broken(page, target))
    ]
