"""hinge-vision doctor: whether the installation is sound."""

from __future__ import annotations

import click

from hinge_vision.cli.options import verbose_option
from hinge_vision.cli.terminal import Talk, quiet_libraries
from hinge_vision.errors import InstallationError


@click.command()
@verbose_option
def doctor(verbose: bool) -> int:
    """Look over the installation: versions, pose model, system libraries, network silence."""
    from hinge_vision.doctor import examine

    with quiet_libraries(Talk(verbose=verbose)):
        findings = examine()
    width = max(len(finding.name) for finding in findings)
    for finding in findings:
        click.echo(f"{'ok ' if finding.sound else 'BAD'}  {finding.name.ljust(width)}  {finding.text}")
    return 0 if all(finding.sound for finding in findings) else InstallationError.exit_code
