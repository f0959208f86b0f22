"""hinge-vision doctor: whether the installation is sound."""

from __future__ import annotations

import click

from hinge_vision.cli.options import verbose_option
from hinge_vision.cli.terminal import Talk, quiet_libraries
from hinge_vision.errors import InstallationError


@click.command(short_help="See whether the installation is sound.")
@verbose_option
def doctor(verbose: bool) -> int:
    """Look over the installation: versions, pose model, system libraries, network silence."""
    from hinge_vision.doctor import examine

    with quiet_libraries(Talk(verbose=verbose)):
        checks = examine()
    width = max(len(check.name) for check in checks)
    for check in checks:
        click.echo(f"{'ok ' if check.sound else 'BAD'}  {check.name.ljust(width)}  {check.text}")
    return 0 if all(check.sound for check in checks) else InstallationError.exit_code
