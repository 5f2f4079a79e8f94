"""The `palabra` command: one line below for every module of commands, loaded only when one of them is called."""

import importlib
import sys
from typing import Any

import typer
from typer.core import TyperGroup

from deploy.local.errors import UserError

MODULES: dict[str, tuple[str, ...]] = {
    # A module holds `app = typer.Typer()` with exactly these commands (or groups, through `app.add_typer`).
    "deploy.cli.stack": ("up", "down", "status"),
    "deploy.cli.demo": ("demo",),
    "deploy.cli.import_": ("import",),
    "deploy.cli.events": ("events",),
    "deploy.cli.parked": ("parked",),
    "deploy.cli.audit": ("audit",),
    "deploy.cli.keys": ("keys",),
    "deploy.cli.metrics": ("metrics",),
    "deploy.cli.calendar": ("calendar",),
    "deploy.cli.promises": ("promises",),
}


class Commands(TyperGroup):
    """Finds a command in the module that the table names, so that no command waits for the imports of another."""

    def list_commands(self, ctx: Any) -> list[str]:
        """All of them, in the table's order."""
        del ctx
        return [name for names in MODULES.values() for name in names]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command, or None where there is none of that name."""
        for module, names in MODULES.items():
            if cmd_name in names:
                held = typer.main.get_group(importlib.import_module(module).app)
                return held.get_command(ctx, cmd_name)
        return None


app = typer.Typer(
    cls=Commands,
    help="Palabra: complaint handling that keeps its word.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def _palabra() -> None:
    """Palabra: complaint handling that keeps its word."""


def run() -> None:
    """The console script: what a person can correct is said in a line, without a traceback; exit code 1."""
    try:
        app()
    except UserError as problem:
        typer.echo(f"palabra: {problem}", err=True)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    run()
