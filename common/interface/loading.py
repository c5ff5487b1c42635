"""A user's own data into the source of a flow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol, runtime_checkable

from common.auth.tokens import Role
from common.errors import NotFound, Usage
from common.flows import flow
from common.interface.desk import Desk, View
from common.interface.runs import Runs
from common.pipeline.flow import load
from common.problems import Problem

if TYPE_CHECKING:
    from common.services import Services


class RowProblem(View):
    """What is wrong with one row of a file. row: as an editor counts; value: its beginning."""

    row: int
    column: str
    reason: str
    detail: str
    value: str


class Loaded(View):
    """What became of a file. problems: the first hundred; every bad row is in quarantine under the file's name.

    rows_before, rows_now: rows of a source that a file replaces as a whole; None where a file only adds to it.
    """

    flow: str
    file: str
    read: int
    loaded: int
    rejected: int
    problems: list[RowProblem]
    notices: list[str]
    unused_columns: list[str]
    rows_before: int | None = None
    rows_now: int | None = None
    run_id: str | None = None
    """The run that adopts what was loaded, where a baseline was asked for and anything was loaded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A raw record as an item of a run."""

    key: str
    data: Mapping[str, Any]


class Loader(Protocol):
    """What a flow's `loader` names: it knows the source's form, and fills it."""

    def load(
        self, stream: BinaryIO, *, file: str, tenant: str, mapping: Mapping[str, str | None] | None = None
    ) -> Loaded:
        """Take a whole file in. Raises Usage when it cannot be read at all."""
        ...

    def prepare(self, raw: Mapping[str, Any]) -> Prepared | list[Problem]:
        """The item that a raw record would be, or what is wrong with it."""
        ...

    def load_raw(self, raws: Sequence[Mapping[str, Any]]) -> None:
        """Take single raw records in that `prepare` takes."""
        ...

    def options_for(self, raws: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
        """Options of a run over just these records."""
        ...


@runtime_checkable
class NumberedLoader(Loader, Protocol):
    """A loader of records that people also know by a number, which is one half of their natural key."""

    def number_in_key(self, part_number: str) -> str:
        """What stands after the `|` in the natural key of every record of that number."""
        ...

    def key_of(self, manufacturer: str | None, part_number: str) -> str:
        """The natural key of a maker's record."""
        ...


class Loading(Desk):
    """Loads files for the tenant."""

    def load(
        self,
        flow_name: str,
        stream: BinaryIO,
        *,
        file: str,
        mapping: Mapping[str, str | None] | None = None,
        baseline: bool = False,
    ) -> Loaded:
        """Load an open file that can seek into a flow's source.

        baseline: adopt what was loaded, and what the targets hold of it, as it is now; a run does, and pushes nothing.
        Raises NotFound for a flow that takes no files, Usage for one that knows no baseline.
        """
        self.require(Role.OPERATOR)
        if baseline and "baseline" not in flow(flow_name).options:
            raise Usage(
                f"The flow {flow_name} knows no baseline; leave it out, and a run looks at what was loaded.",
                reason="no_baseline",
            )
        loader = loader_of(flow_name, self.services)
        loaded = loader.load(stream, file=file, tenant=self.tenant, mapping=mapping)
        if not baseline or not loaded.loaded:
            return loaded
        run_id = Runs(self.services, self.principal).start(flow_name, options={"baseline": True})
        return loaded.model_copy(update={"run_id": run_id})


def loader_of(flow_name: str, services: "Services") -> Loader:
    """The loader of a flow. Raises NotFound for an unknown flow, or one that takes no files."""
    declared = flow(flow_name)
    if declared.loader is None:
        raise NotFound(f"The flow {flow_name} takes no files of yours.", reason="no_loader")
    made: Loader = load(declared.loader)(services)
    return made


def numbered_loader_of(flow_name: str, services: "Services") -> NumberedLoader:
    """The loader of a flow whose records have numbers. Raises NotFound for any other flow."""
    made = loader_of(flow_name, services)
    if not isinstance(made, NumberedLoader):
        raise NotFound(f"Records of the flow {flow_name} have no number of their own.", reason="no_numbers")
    return made
