"""load designs: files or a folder of artwork straight to storage."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from common.client.sending import NOT_SENT, REFUSED, UNREADABLE
from common.command_line.output import Output
from common.command_line.session import Session

NOT_THERE = (UNREADABLE, REFUSED, NOT_SENT)
Reference = Annotated[
    bool, typer.Option("--reference", help="Designs: index what is there already; nothing is listed.")
]
Shop = Annotated[str | None, typer.Option(help="Designs: the shop, as its file names it.")]
Template = Annotated[str | None, typer.Option(help="Designs: the product template.")]
Mockup = Annotated[str | None, typer.Option(help="Designs: the mockup.")]
Digital = Annotated[
    bool | None,
    typer.Option("--digital/--physical", help="Designs: sold as files, or as things.", show_default=False),
]


def upload(session: Session, place: Path, choices: dict[str, Any], *, reference: bool) -> dict[str, Any]:
    """Send the files that are not known yet; what the API said of the upload, with how many were sent and known."""
    from common.client.uploads import files_in
    from common.command_line.views.upload import upload_page

    files = files_in(place)
    with _progress(session.output) as told:
        said = {name: value for name, value in choices.items() if value is not None}
        answer = {
            **session.api.upload(files, choices=said, reference=reference, told=told),
            "state": "pending",
        }
    if not session.output.as_json:
        session.show(answer, upload_page)
    return answer


def not_sent(answer: dict[str, Any]) -> bool:
    """Whether a file did not even come to where its run would tell of it."""
    return any(each["problem"] in NOT_THERE for each in answer["problems"])


@contextmanager
def _progress(output: Output) -> Iterator[Callable[[int, int], None]]:
    """A bar of bytes on standard error; nothing where that is no terminal."""
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("sending"), BarColumn(bar_width=20), DownloadColumn(), TimeRemainingColumn())
    with Progress(
        *columns, console=output.errors, transient=True, disable=not output.errors.is_terminal
    ) as shown:
        task = shown.add_task("files", total=None)
        yield lambda done, total: shown.update(task, completed=done, total=total)
