"""index.html: the table over all clips as a page. Nothing in it asks the network for anything."""

from __future__ import annotations

import json
from typing import Any

from markupsafe import Markup

from hinge_vision.batch.status import counts
from hinge_vision.report.model import DISCLAIMER
from hinge_vision.report.templating import inline, template_environment
from hinge_vision.report.text import EXERCISE_NAMES, FAULT_TITLES, NO_FAULT_SEEN, NOT_SURE, OBSERVATION_TITLES, count


def index_page(rows: list[dict[str, Any]]) -> str:
    """Return the page.

    Parameters
    ----------
    rows
        The rows of summary.json. They go in as data and the page's script draws those asked for, so that ten thousand
        clips still open on a phone.
    """
    names: dict[str, str] = {}
    for fault, title in FAULT_TITLES.items():
        names[fault] = title.split(":")[0]
    for known in (OBSERVATION_TITLES, EXERCISE_NAMES):
        for name, title in known.items():
            names[name] = title
    return template_environment("hinge_vision.batch").get_template("index.html.j2").render(
        counts=counts(row["status"] for row in rows),
        title=count(len(rows), "clip"),
        athletes=sorted({row["athlete"] for row in rows if row["athlete"]}),
        exercises=[(name, names.get(name, name)) for name in sorted({row["exercise"] for row in rows if row["exercise"]})],
        flags=[(name, names[name]) for name in names if any(flag.split(" ")[0] == name for row in rows for flag in row["flags"])],
        data=_script_data({"rows": rows, "names": names, "headings": {"clear": NO_FAULT_SEEN, "unsure": NOT_SURE}}),
        disclaimer=DISCLAIMER,
        css=inline("hinge_vision.report", "report.css") + inline("hinge_vision.batch", "index.css"),
        script=inline("hinge_vision.batch", "index.js"),
    )


def _script_data(data: dict[str, Any]) -> Markup:
    """Return data as JSON that no file name can break out of."""
    text = json.dumps(data, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))  # noqa: S704  escaped just now
