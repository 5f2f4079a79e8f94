"""`palabra keys`: who may ask the services for what."""

from typing import Annotated, Final, get_args
from urllib.parse import quote

import typer
from rich.console import Console
from rich.table import Table

from deploy.cli.client import AsJson, Home, Key, Url, a_client, as_json_text
from deploy.local import files
from deploy.local.errors import UserError
from shared.events.reference import Scope

app = typer.Typer()
keys = typer.Typer(no_args_is_help=True)
app.add_typer(keys, name="keys", help="API keys: make, list, revoke. They hold for all services.")

SCOPES: Final[tuple[str, ...]] = get_args(Scope)


@keys.command()
def create(
    *,
    owner: Annotated[str, typer.Option(help="A source system's name, or with --person an agent's id.")],
    scope: Annotated[list[str], typer.Option(help=f"What it may do, once or more: {', '.join(SCOPES)}.")],
    person: Annotated[bool, typer.Option("--person", help="The key of an agent, who acts with it.")] = False,
    home: Home = files.HOME,
    url: Url = None,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Make a key and print it, this once. Needs the scope admin."""
    if unknown := [name for name in scope if name not in SCOPES]:
        raise UserError(f"there is no scope {', '.join(unknown)}; there are {', '.join(SCOPES)}")
    form = {"owner": owner, "kind": "person" if person else "system", "scopes": scope}
    with a_client(home, url, key) as client:
        made = client.post("routing", "/v1/keys", form)
    if as_json:
        typer.echo(as_json_text(made))
        return
    typer.echo(f"{made['id']} for {made['owner']} ({made['kind']}): {', '.join(made['scopes'])}", err=True)
    typer.echo("The key is shown this once and kept by nobody; it works everywhere within 5 seconds:", err=True)
    typer.echo(made["key"])


@keys.command("list")
def list_(*, home: Home = files.HOME, url: Url = None, key: Key = None, as_json: AsJson = False) -> None:
    """List every key, also the revoked ones; never a secret."""
    with a_client(home, url, key) as client:
        found = list(client.items("routing", "/v1/keys"))
    if as_json:
        typer.echo(as_json_text({"items": found}))
        return
    table = Table(box=None)
    table.add_column("id", no_wrap=True, min_width=36)
    for name in ("owner", "kind", "scopes", "created", "revoked"):
        table.add_column(name, overflow="fold")
    for each in found:
        names = ("id", "owner", "kind")
        scopes = " ".join(each["scopes"])
        table.add_row(*(str(each[name]) for name in names), scopes, each["created_at"], each["revoked_at"] or "")
    Console(highlight=False, markup=False).print(table if found else "There are no keys.")


@keys.command()
def revoke(
    key_id: Annotated[str, typer.Argument(metavar="ID", help="As `palabra keys list` shows it.")],
    *,
    home: Home = files.HOME,
    url: Url = None,
    key: Key = None,
) -> None:
    """Revoke a key: it opens nothing any more, anywhere, within 5 seconds."""
    with a_client(home, url, key) as client:
        client.delete("routing", f"/v1/keys/{quote(key_id, safe='')}")
    typer.echo(f"{key_id} is revoked.")
