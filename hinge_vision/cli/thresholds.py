"""hinge-vision thresholds: the limits everything is judged by."""

from __future__ import annotations

import json

import click


@click.command(short_help="Print the limits everything is judged by.")
@click.option("--table", is_flag=True, help="Print a table with unit, meaning and source instead of JSON.")
def thresholds(table: bool) -> int:
    """Print the limits everything is judged by, as the JSON that --thresholds reads."""
    from hinge_vision.findings.thresholds import Thresholds

    if table:
        for row in Thresholds.table():
            click.echo(f"{row['name']} = {row['default']:g} {row['unit']}: {row['meaning']} ({row['source']})")
    else:
        click.echo(json.dumps(Thresholds().as_dict(), indent=2))
    return 0
