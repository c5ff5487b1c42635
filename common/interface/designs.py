"""Designs as people look at them: what was uploaded, what it looks like, what was made of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from common.auth.tokens import Role
from common.database.engine import as_json
from common.errors import NotFound, Usage
from common.interface.desk import Desk, View, rows

MOST = 1000
_SHOWN_FOR = timedelta(minutes=15)

_COLUMNS = """
select d.id, d.filename, d.content_hash, d.state, d.kind, d.width, d.height, d.has_alpha, d.is_flat, d.notes, d.size, d.phash, d.dhash,
  d.shop, d.template, d.mockup, d.number, d.stored_name, d.description, d.tags, d.is_digital, d.is_active, d.run_id, d.created_at,
  d.updated_at, d.object_name, l.listing_id, l.state as listing_state, l.url as listing_url
from designs d left join listings l on l.tenant_id = d.tenant_id and l.design_id = d.id
where d.tenant_id = :tenant and d.trial = ''
"""
_LIST = f"""{_COLUMNS} and d.is_active and (cast(:shop as text) is null or d.shop = :shop)
  and (cast(:state as text) is null or d.state = :state) and (cast(:tags as jsonb) is null or d.tags @> cast(:tags as jsonb))
order by d.created_at desc, d.id limit :limit offset :skip
"""
_TOTAL = """
select count(*) as total from designs d where d.tenant_id = :tenant and d.trial = '' and d.is_active
  and (cast(:shop as text) is null or d.shop = :shop) and (cast(:state as text) is null or d.state = :state)
  and (cast(:tags as jsonb) is null or d.tags @> cast(:tags as jsonb))
"""
_ONE = f"{_COLUMNS} and d.id = :id"
_CHANGE = """
update designs set description = coalesce(cast(:description as text), description), tags = coalesce(cast(:tags as jsonb), tags),
  is_active = coalesce(cast(:active as boolean), is_active), updated_at = shelfline_now()
where tenant_id = :tenant and id = :id and trial = '' returning id
"""
_OBJECTS = """
select design_id, position, kind, name, size, media_type, width, height from design_objects
where tenant_id = :tenant and design_id in (select jsonb_array_elements_text(cast(:ids as jsonb))::uuid) order by design_id, position
"""
# Two that were indexed together have found each other: they are one pair, told of the later one.
_PAIRS = """
select m.design_id, m.other_id, m.variant, m.phash_distance, m.dhash_distance, m.found_at, v.verdict, v.decided_by,
  d.filename as design_filename, d.state as design_state, d.width as design_width, d.height as design_height,
  o.filename as other_filename, o.state as other_state, o.width as other_width, o.height as other_height
from design_matches m
join designs d on d.tenant_id = m.tenant_id and d.id = m.design_id and d.trial = ''
join designs o on o.tenant_id = m.tenant_id and o.id = m.other_id and o.trial = ''
left join duplicate_verdicts v on v.tenant_id = m.tenant_id and v.low_hash = least(d.content_hash, o.content_hash)
  and v.high_hash = greatest(d.content_hash, o.content_hash)
where m.tenant_id = :tenant and (not :undecided or v.verdict is null) and d.is_active and o.is_active
  and (d.file_id > o.file_id or not exists (
    select from design_matches back where back.tenant_id = m.tenant_id and back.design_id = o.id and back.other_id = d.id))
order by m.found_at desc, m.design_id, m.other_id limit :limit
"""


class DesignView(View):
    """A design. state: hashed, near, reference, unique, stored, listed, refused or withdrawn; hashes as imagehash writes them."""

    id: UUID
    filename: str
    content_hash: str
    state: str
    kind: str
    width: int
    height: int
    has_alpha: bool
    is_flat: bool
    notes: list[str]
    size: int
    phash: str
    dhash: str
    shop: str | None
    template: str | None
    mockup: str | None
    number: int | None
    stored_name: str | None
    description: str | None
    tags: list[str]
    is_digital: bool
    is_active: bool
    run_id: str
    created_at: datetime
    updated_at: datetime
    listing_id: str | None
    listing_state: str | None
    listing_url: str | None


class DesignPage(View):
    """total: of all that there are."""

    designs: list[DesignView]
    total: int


class MadeFile(View):
    """A file that was made of a design. url: good for a quarter of an hour."""

    design_id: UUID
    position: int
    kind: str
    name: str
    size: int
    media_type: str
    width: int
    height: int
    url: str


class Gallery(View):
    """What was made of the newest designs."""

    mockups: list[MadeFile]
    files: list[MadeFile]
    total_mockups: int
    total_files: int


class LikenessView(View):
    """Two designs that look alike, the distances of their hashes in bits, and what a person has said of them."""

    design_id: UUID
    other_id: UUID
    variant: str
    phash_distance: int
    dhash_distance: int
    found_at: datetime
    verdict: str | None
    decided_by: str | None
    design_filename: str
    design_state: str
    design_size: tuple[int, int]
    other_filename: str
    other_state: str
    other_size: tuple[int, int]


class Designs(Desk):
    """The tenant's designs."""

    def find(
        self,
        *,
        shop: str | None = None,
        state: str | None = None,
        tags: Sequence[str] = (),
        skip: int = 0,
        limit: int = 100,
    ) -> DesignPage:
        """The newest first. Raises Usage for a limit beyond 1000."""
        if not 1 <= limit <= MOST or skip < 0:
            raise Usage(f"limit is 1 to {MOST}, skip not below 0.", reason="bad_limit")
        chosen = {"shop": shop, "state": state, "tags": as_json(list(tags)) if tags else None}
        with self.transaction() as connection:
            found = rows(connection, _LIST, tenant=self.tenant, **chosen, limit=limit, skip=skip)
            total = rows(connection, _TOTAL, tenant=self.tenant, **chosen)[0]["total"]
        return DesignPage(designs=[_view(row) for row in found], total=total)

    def get(self, design_id: UUID) -> DesignView:
        """One design, a deleted one too. Raises NotFound."""
        found = self.rows(_ONE, id=design_id)
        if not found:
            raise _unknown(design_id)
        return _view(found[0])

    def change(
        self, design_id: UUID, *, description: str | None = None, tags: Sequence[str] | None = None
    ) -> DesignView:
        """Say something else of a design; what is listed already is not touched. Raises NotFound."""
        self.require(Role.OPERATOR)
        self._change(design_id, description=description, tags=None if tags is None else as_json(list(tags)))
        return self.get(design_id)

    def delete(self, design_id: UUID) -> None:
        """Take a design out of lists and out of the search for copies; it can be brought back. Raises NotFound."""
        self.require(Role.OPERATOR)
        self._change(design_id, active=False)

    def restore(self, design_id: UUID) -> DesignView:
        """Bring a deleted design back. Raises NotFound."""
        self.require(Role.OPERATOR)
        self._change(design_id, active=True)
        return self.get(design_id)

    def files(self, design_id: UUID) -> list[MadeFile]:
        """What was made of a design, each with an address to fetch it from. Raises NotFound."""
        self.get(design_id)
        found = self.rows(_OBJECTS, ids=as_json([str(design_id)]))
        return [self._file(row) for row in found]

    def original(self, design_id: UUID) -> str:
        """An address to fetch the uploaded picture from, good for a quarter of an hour. Raises NotFound."""
        found = self.rows(_ONE, id=design_id)
        if not found:
            raise _unknown(design_id)
        return self._signed(found[0]["object_name"])

    def gallery(self, *, limit: int = 50) -> Gallery:
        """The files of the newest designs."""
        designs = self.find(limit=limit).designs
        found = self.rows(_OBJECTS, ids=as_json([str(design.id) for design in designs]))
        made = [self._file(row) for row in found]
        mockups = [each for each in made if each.kind == "mockup"]
        files = [each for each in made if each.kind == "print"]
        return Gallery(mockups=mockups, files=files, total_mockups=len(mockups), total_files=len(files))

    def likenesses(self, *, undecided: bool = False, limit: int = 100) -> list[LikenessView]:
        """Pairs of designs that look alike, the newest first. undecided: only those of which nobody has spoken."""
        found = self.rows(_PAIRS, undecided=undecided, limit=min(limit, MOST))
        return [_likeness(row) for row in found]

    def _change(self, design_id: UUID, **said: Any) -> None:
        values = {"description": None, "tags": None, "active": None, **said}
        if not self.rows(_CHANGE, id=design_id, **values):
            raise _unknown(design_id)

    def _file(self, row: Mapping[str, Any]) -> MadeFile:
        return MadeFile(**row, url=self._signed(row["name"]))

    def _signed(self, name: str) -> str:
        return self.services.objects.signed_download_url(name, expires=_SHOWN_FOR).url


def _view(row: Mapping[str, Any]) -> DesignView:
    return DesignView(**{name: row[name] for name in DesignView.model_fields})


def _likeness(row: Mapping[str, Any]) -> LikenessView:
    sizes = {f"{side}_size": (row[f"{side}_width"], row[f"{side}_height"]) for side in ("design", "other")}
    return LikenessView(**{name: row[name] for name in LikenessView.model_fields if name in row}, **sizes)


def _unknown(design_id: UUID) -> NotFound:
    return NotFound(f"There is no design {design_id}.", reason="unknown_design")
