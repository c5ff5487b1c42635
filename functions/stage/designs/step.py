"""Stage designs: each is rendered, stored and mocked up, then stands as a change that makes a draft listing."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from common.database.engine import as_json
from common.errors import Conflict, NotFound, Refuse, ShelflineError
from common.pipeline import outcome as outcomes
from common.pipeline.asking import fallback_task
from common.pipeline.flow import ItemStep
from common.pipeline.item import Claim, Item, Run
from common.pipeline.outcome import Outcome
from common.services import Services
from common.settings.designs import DesignSettings
from functions.hash.designs.download import Downloads
from functions.hash.designs.limits import ImageLimits
from functions.hash.designs.reading import Reader
from functions.hash.designs.rejecting import rejected_file
from functions.stage.designs.listing import document
from functions.stage.designs.mockup import MockupRefused
from functions.stage.designs.plans import Plan, plans_of
from functions.stage.designs.workshop import Made, Workshop

if TYPE_CHECKING:
    from sqlalchemy import Connection

_MEBIBYTE = 1 << 20
_OF_RENDERING = ("design_render_mib", "mockup_watermark_opacity", "upload_file_mib")
# A design that a later upload has taken up is that one's to speak of.
_STORED = """
update designs d set state = 'stored', shop = x.shop, template = x.template, mockup = x.mockup, stored_name = x.name,
  updated_at = shelfline_now()
from jsonb_to_recordset(cast(%s as jsonb)) as x(design uuid, item bigint, shop text, template text, mockup text, name text)
where d.tenant_id = %s and d.id = x.design and d.item_id = x.item
"""
_FORGET = """
delete from design_objects where tenant_id = %s and design_id in (select jsonb_array_elements_text(cast(%s as jsonb))::uuid)
"""
_OBJECTS = """
insert into design_objects (tenant_id, design_id, position, kind, name, generation, size, media_type, width, height)
select %s, x.design, o.position, o.kind, o.name, o.generation, o.size, o.media_type, o.width, o.height
from jsonb_to_recordset(cast(%s as jsonb)) as x(design uuid, pictures jsonb), jsonb_to_recordset(x.pictures)
  as o(position integer, kind text, name text, generation bigint, size bigint, media_type text, width integer, height integer)
"""


class StageDesigns(ItemStep):
    """Objects first, rows after: what a row names is there."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._workshops: dict[tuple[Any, ...], Workshop] = {}

    def load(self, connection: "Connection", claim: Claim) -> Mapping[int, Plan]:
        """What is to be made of each design; it is given its number here, before anything is called by it."""
        return plans_of(connection, claim)

    def run(self, claim: Claim, items: Sequence[Item], loaded: Mapping[int, Plan]) -> Iterable[Outcome]:
        """One after the other; what cannot be rendered ends with its reason, and stops no other."""
        workshop = self._workshop(DesignSettings.of(claim.run.settings))
        for item in items:
            if item.data.get("operation") == "delete":
                yield _end(item, claim.run)
                continue
            plan = loaded[item.id]
            yield (
                _asked(item, claim.run, plan.missing)
                if plan.missing
                else _staged(claim, item, plan, workshop)
            )

    def apply(self, connection: "Connection", run: Run, recorded: Sequence[Outcome]) -> None:
        """What is stored by now."""
        stored = [outcome.writes["stored"] for outcome in recorded if "stored" in outcome.writes]
        if stored and run.may_write:
            designs = as_json([row["design"] for row in stored])
            connection.exec_driver_sql(_STORED, (as_json(stored), run.tenant))
            connection.exec_driver_sql(_FORGET, (run.tenant, designs))
            connection.exec_driver_sql(_OBJECTS, (run.tenant, as_json(stored)))

    def _workshop(self, settings: DesignSettings) -> Workshop:
        names = ("design_max_megapixels", "design_decode_mib", "design_smallest_side", "design_largest_side")
        asked = tuple(settings.values[name] for name in (*names, *_OF_RENDERING))
        if asked not in self._workshops:
            objects = self._services.objects
            downloads = Downloads(objects, largest=settings.upload_file_mib * _MEBIBYTE)
            reader = Reader(ImageLimits.of(settings))
            self._workshops = {asked: Workshop(objects, downloads, reader, settings)}
        return self._workshops[asked]


def _staged(claim: Claim, item: Item, plan: Plan, workshop: Workshop) -> Outcome:
    prefix = f"designs/{claim.run.tenant}/"
    try:
        made = workshop.make(plan, prefix, may_write=claim.run.may_write)
        if plan.sold is None:
            return outcomes.done(item, plan.without).writing(stored=_stored(item, plan, made))
        if not any(picture.kind == "mockup" for picture in made.pictures):
            return outcomes.done(item, "no_mockup").writing(stored=_stored(item, plan, made))
        after = document(plan, made.name, made.pictures, claim.now)
    except (NotFound, Conflict, MockupRefused) as error:  # nothing that the design itself could be blamed for
        return _asked(item, claim.run, error)
    except Refuse as error:
        return rejected_file(item, error.reason, str(error))
    staged = outcomes.proceed(item, "staged").telling(name=made.name, mockups=len(after["images"]))
    return staged.writing(stored=_stored(item, plan, made), change=_change(after, claim.run))


def _stored(item: Item, plan: Plan, made: Made) -> dict[str, Any]:
    return {
        "design": str(plan.design.id),
        "item": item.id,
        "shop": plan.sold.shop.name if plan.sold else None,
        "template": plan.sold.template.name if plan.sold else None,
        "mockup": plan.mockup.name if plan.mockup else None,
        "name": made.name,
        "pictures": [picture.as_json() for picture in made.pictures],
    }


def _change(after: Mapping[str, Any], run: Run) -> dict[str, Any]:
    return {
        "target": "etsy",
        "operation": "create",
        "state": "approved" if run.may_write else "would_push",
        "base_version": None,
        "before": None,
        "after": dict(after),
        "diff": {name: {"old": None, "new": value} for name, value in after.items()},
        "source_system": "upload",
    }


def _end(item: Item, run: Run) -> Outcome:
    before = item.data["before"]
    change = {
        "target": "etsy",
        "operation": "delete",
        "state": "approved" if run.may_write else "would_push",
        "base_version": None,
        "before": before,
        "after": None,
        "diff": {"listing_id": {"old": before["listing_id"], "new": None}},
        "source_system": "rollback",
    }
    return outcomes.proceed(item, "rollback").writing(change=change)


def _asked(item: Item, run: Run, error: ShelflineError) -> Outcome:
    """A shop, template or mockup that was chosen is not there, or cannot be used, or a name is taken: a person mends that."""
    if not run.may_write:
        return outcomes.skip(item, "would_ask_a_person").telling(error=str(error))
    record = {"design": item.data["design_id"], "filename": item.data["filename"], **item.data["choices"]}
    return outcomes.manual(item, error.reason, fallback_task(record, str(error))).telling(error=str(error))
