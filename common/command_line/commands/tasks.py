"""pending, and tasks: what waits for a person, and doing it."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from common.command_line import arguments
from common.command_line.command import command
from common.command_line.group import subcommands
from common.command_line.session import Session
from common.errors import Conflict, Usage

_ENTRIES = ("attributes", "extras", "documents", "sellers")
_ANSWER = frozenset({*_ENTRIES, "note", "source_url"})


class Priority(StrEnum):
    """How soon a task should be done."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class TaskState(StrEnum):
    """How far a task is."""

    OPEN = "open"
    CLAIMED = "claimed"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


TaskId = Annotated[int, typer.Argument(metavar="TASK", help="The task's number.", show_default=False)]
Editor = Annotated[
    str | None, typer.Option(help="Who does it. [default: your user name]", show_default=False)
]
Urgency = Annotated[
    Priority | None,
    typer.Option(case_sensitive=False, help="Only tasks of this priority.", show_default=False),
]
Limit = Annotated[
    int | None, typer.Option(min=1, help="So many tasks; the setting manual_batch_size bounds it.")
]
All = Annotated[bool, typer.Option("--all", help="Tasks of low priority too.")]
Fence = Annotated[
    int | None,
    typer.Option(
        help="The fence of your claim. [default: asked for, if the claim is yours]", show_default=False
    ),
]


def pending(session: Session, priority: Urgency = None, limit: Limit = None, all_: All = False) -> None:
    """List the tasks that wait for a person, the most urgent first."""
    listed(session, priority=priority, limit=limit, all_=all_)


def listed(
    session: Session,
    flow: Annotated[str | None, typer.Option(help="Only tasks of this flow.")] = None,
    state: Annotated[
        TaskState, typer.Option(case_sensitive=False, help="Only tasks this far.")
    ] = TaskState.OPEN,
    priority: Urgency = None,
    task_type: Annotated[
        str | None,
        typer.Option("--type", help="workflow_generated (by the rules) or automation_fallback (it failed)."),
    ] = None,
    run: Annotated[str | None, typer.Option(help="Only tasks of this run.")] = None,
    editor: Annotated[str | None, typer.Option(help="Only tasks of this person.")] = None,
    part_number: Annotated[str | None, typer.Option(help="Only tasks about this part number.")] = None,
    limit: Limit = None,
    all_: All = False,
) -> None:
    """List tasks, the most urgent first."""
    from common.command_line.views.tasks import tasks_page

    answer = session.api.tasks(
        flow=flow,
        state=state.value,
        priority=_upper(priority),
        task_type=task_type,
        run_id=run,
        editor=editor,
        part_number=part_number,
        limit=limit,
        all=all_,
    )
    session.show(answer, tasks_page)


def claim(
    session: Session,
    task: Annotated[
        int | None, typer.Argument(metavar="[TASK]", help="This one; without it, the most urgent.")
    ] = None,
    editor: Editor = None,
    count: Annotated[int, typer.Option(min=1, help="So many of the most urgent.")] = 1,
    flow: Annotated[str | None, typer.Option(help="Only tasks of this flow.")] = None,
    priority: Urgency = None,
) -> None:
    """Claim a task: it is yours for the time of its lease, with all that is known about it."""
    from common.command_line.views.tasks import claimed_page

    who = _editor(editor)
    if task is None:
        answer = session.api.claim(who, count=count, flow=flow, priority=_upper(priority))
    else:
        answer = {"tasks": [session.api.claim_task(str(task), who)]}
    session.show(answer, claimed_page)


def show(session: Session, task: TaskId) -> None:
    """Show a task with its source record, the evidence, and its answer once there is one."""
    from common.command_line.views.tasks import task_page

    session.show(session.api.task(str(task)), task_page)


def hand_back(
    session: Session,
    task: TaskId,
    note: Annotated[str | None, typer.Option(help="What the next one should know.")] = None,
    editor: Editor = None,
    fence: Fence = None,
) -> None:
    """Give a claimed task back, for somebody else to claim."""
    from common.command_line.views.tasks import handed_back_page

    held = _fence(session, task, _editor(editor), fence)
    answer = session.api.hand_back(str(task), fence=held, note=note)
    session.show({"id": task, **answer}, handed_back_page)


def complete(
    session: Session,
    task: TaskId,
    attribute: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUE[:UNIT]", help="A property; may be repeated. End with a colon for no unit."
        ),
    ] = None,
    extra: Annotated[
        list[str] | None, typer.Option(metavar="NAME=VALUE", help="Something else to know; may be repeated.")
    ] = None,
    document: Annotated[
        list[str] | None,
        typer.Option(
            metavar="URL[:TYPE]", help="A document or picture, as https://…/a.pdf:datasheet; may be repeated."
        ),
    ] = None,
    seller: Annotated[list[str] | None, typer.Option(help="Somebody who sells it; may be repeated.")] = None,
    note: Annotated[str | None, typer.Option(help="What is worth saying about the answer.")] = None,
    source_url: Annotated[str | None, typer.Option(help="Where you found it.")] = None,
    file: Annotated[
        Path | None,
        typer.Option(help="A JSON file with attributes, extras, documents, sellers, note and source_url."),
    ] = None,
    editor: Editor = None,
    fence: Fence = None,
) -> None:
    """Answer a claimed task; its item goes on with the answer.

    At least one attribute, extra, document or seller is needed. What --file holds is added to.
    """
    from common.command_line.views.tasks import completed_page

    answer = arguments.json_file(file) if file else {}
    if unknown := sorted(set(answer) - _ANSWER):
        raise Usage(
            f"{file} has {', '.join(unknown)}; an answer has {', '.join(sorted(_ANSWER))}.",
            reason="bad_answer",
        )
    said = {
        "attributes": [arguments.attribute(text) for text in attribute or ()],
        "extras": [dict(zip(("name", "value"), arguments.pair(text), strict=True)) for text in extra or ()],
        "documents": [arguments.document(text) for text in document or ()],
        "sellers": [{"name": name} for name in seller or ()],
    }
    answer |= {name: [*answer.get(name, []), *entries] for name, entries in said.items() if entries}
    answer |= {name: text for name, text in (("note", note), ("source_url", source_url)) if text is not None}
    if not any(answer.get(name) for name in _ENTRIES):
        raise Usage(
            "Give at least one --attribute, --extra, --document or --seller, or --file.", reason="no_answer"
        )
    who = _editor(editor)
    held = _fence(session, task, who, fence)
    done = session.api.complete(str(task), fence=held, editor=who, answer=answer)
    session.show({"id": task, **done}, completed_page)


def validate(
    session: Session,
    task: TaskId,
    notes: Annotated[str, typer.Option(help="What was checked.", show_default=False)],
    validator: Annotated[
        str | None,
        typer.Option(help="Who checked it; not who answered. [default: your user name]", show_default=False),
    ] = None,
) -> None:
    """Confirm somebody else's answer."""
    from common.command_line.views.tasks import validated_page

    answer = session.api.validate(str(task), validator=_editor(validator), notes=notes)
    session.show({"id": task, **answer}, validated_page)


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    command(app, "pending", "shelfline pending --priority high", panel="People")(pending)
    tasks = subcommands(app, "tasks", "Work on what automation could not do.", "People")
    command(tasks, "list", "shelfline tasks list --run RUN --type automation_fallback --all")(listed)
    command(tasks, "claim", "shelfline tasks claim", "shelfline tasks claim --count 5 --priority high")(claim)
    command(tasks, "show", "shelfline tasks show 17")(show)
    command(tasks, "hand-back", 'shelfline tasks hand-back 17 --note "only the maker knows"')(hand_back)
    command(
        tasks,
        "complete",
        'shelfline tasks complete 17 --attribute "Supply Voltage=4.5:V" --source-url https://maker.example/a',
        "shelfline tasks complete 17 --document https://maker.example/a.pdf:datasheet --seller Mouser",
        "shelfline tasks complete 17 --file answer.json",
    )(complete)
    command(tasks, "validate", 'shelfline tasks validate 17 --notes "compared with the data sheet"')(validate)


def _upper(priority: Priority | None) -> str | None:
    return priority.value.upper() if priority else None


def _editor(given: str | None) -> str:
    if given:
        return given
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError) as error:  # a container's user may have no name
        raise Usage("Say who you are with --editor NAME.", reason="no_editor") from error


def _fence(session: Session, task: int, editor: str, given: int | None) -> int:
    """The fence of the claim. Raises Conflict when the claim is somebody else's, or nobody's."""
    if given is not None:
        return given
    found: dict[str, Any] = session.api.task(str(task))
    holder = found.get("claimed_by")
    if found.get("state") != "claimed" or str(holder).casefold() != editor.casefold():
        is_whose = f"claimed by {holder}" if holder else str(found.get("state"))
        raise Conflict(
            f"Task {task} is {is_whose}, not claimed by {editor}: `shelfline tasks claim {task}`.",
            reason="not_yours",
        )
    return int(found["fence"])
