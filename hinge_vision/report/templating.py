"""What the pages of report, batch and upload page share: how templates are filled in, and files that go into a page as they are."""

from __future__ import annotations

from importlib import resources

import jinja2
from markupsafe import Markup


def template_environment(package: str) -> jinja2.Environment:
    """Return the environment for the templates of a package; whatever comes from outside is escaped, and a missing value is an error."""
    return jinja2.Environment(
        loader=jinja2.PackageLoader(package), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


def inline(package: str, name: str) -> Markup:
    """Return a style or script of a package's `templates`, to stand in a page."""
    # these files ship with the package and hold nothing from outside, so they go in as they are
    return Markup(resources.files(package).joinpath("templates").joinpath(name).read_text(encoding="utf-8"))  # noqa: S704
