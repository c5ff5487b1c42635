"""The designs flow with a shop, from uploads to drafts at the stand-in for Etsy."""

import hashlib
import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PIL import Image

from common.auth.tokens import Principal, Role
from common.etsy.account import NAME, Account
from common.interface.answers import Answer
from common.interface.changes import Changes
from common.interface.manual_tasks import ManualTasks
from common.interface.shops import Shops
from infra.local.vendors.etsy.application import Options
from tests.fakes.secret_store import FakeSecretStore
from tests.support.designs import FAR, SELLER, DesignsPipeline
from tests.support.etsy_account import REFRESH_TOKEN, SHOP, StandIn
from tests.support.orders import WatchedEffects, WatchedSession
from tests.support.toy_flow import Crash

GENEROUS = {"etsy_per_second": 10_000, "etsy_per_day": 1_000_000}
"""Limits of ours that are out of reach, unless a test says otherwise."""
OPERATOR = Principal("default", "bob", Role.ADMIN)
MOCKUPS = ("left.png", "right.png")
SIDE = 120
"""Pixels of a mockup's picture."""
HOLES = {"left.png": (10, 20, 50, 60), "right.png": (60, 70, 110, 100)}
"""Where on each picture the design is shown: left, upper, right, lower."""


def polygon(hole: tuple[int, int, int, int]) -> list[list[int]]:
    """The mask around a hole."""
    left, upper, right, lower = hole
    return [[left, upper], [right, upper], [right, lower], [left, lower]]


def template(name: str = "UVDTF Cup", *, mockup: str = "Kitchen", dpi: int = 150, **fields: Any) -> str:
    """A template of a shop's file, small, so that nothing takes long."""
    images = "".join(
        f"""
          - file: {file}
            width: {SIDE}
            height: {SIDE}
            watermark: mark.png
            masks: [{{polygon: {polygon(HOLES[file])}, is_cropped: true}}]"""
        for file in MOCKUPS
    )
    said = {"price": "4.00", "taxonomy_id": 1063, "tags": "[cup wrap, uv dtf]"} | fields
    lines = "".join(f"\n    {field}: {value}" for field, value in said.items())
    return f"""
  - name: {name}
    template_title: Cup Wrap Transfer
    description: A wrap for cups.
    family: wrap{lines}
    canvases:
      - name: Wrap
        width: 2
        height: 1
        dpi: {dpi}
        sizes: [{{name: cup, width: 2, height: 1}}]
    mockups:
      - name: {mockup}
        images:{images}
"""


def shop(*templates: str, name: str = "Cups", number: int = SHOP) -> str:
    """A shop's file."""
    head = f"shop: {name}\netsy: {{shop_id: {number}, shipping_profile_id: 8001, return_policy_id: 8101}}\ntemplates:"
    return head + "".join(templates or (template(),))


def plain(colour: tuple[int, int, int], size: tuple[int, int] = (SIDE, SIDE), kind: str = "PNG") -> bytes:
    """A picture in one colour."""
    content = io.BytesIO()
    Image.new("RGB", size, colour).save(content, kind)
    return content.getvalue()


PICTURES = {
    "left.png": plain((240, 240, 240)),
    "right.png": plain((40, 60, 80)),
    "mark.png": plain((255, 0, 0), (20, 10)),
}


class DraftsPipeline(DesignsPipeline):
    """Runs of the designs flow. Virtual time is Postgres's and Etsy's."""

    def __init__(self, database_url: str, stand_in: StandIn) -> None:
        super().__init__(database_url)
        self.etsy = stand_in
        self.effects = WatchedEffects(self.services.database)
        self.http = WatchedSession()
        self.secrets = FakeSecretStore()
        self.services.environment = self.services.environment.model_copy(update={"etsy_url": stand_in.url})
        self.services.effects = self.effects
        self.services.http = self.http
        self.services.secrets = self.secrets
        self.consent()
        self.etsy.token = ""

    def consent(self, refresh_token: str = REFRESH_TOKEN) -> None:
        """The seller has agreed; there is no access token yet."""
        account = Account(Options.keystring, Options.shared_secret, refresh_token, shop_id=SHOP)
        self.secrets.put(NAME, account.as_texts())

    def open_shop(self, text: str | None = None, pictures: Mapping[str, bytes] = PICTURES) -> None:
        """Load a shop's file with its pictures."""
        sent = {name: io.BytesIO(content) for name, content in pictures.items()}
        Shops(self.services, SELLER).load((text or shop()).encode(), "shop.yaml", sent)

    def start(
        self,
        flow: str = "designs",
        settings: Mapping[str, Any] | None = None,
        run_id: str | None = None,
        **options: Any,
    ) -> str:
        """See Pipeline.start."""
        return super().start(flow, GENEROUS | dict(settings or {}), run_id, **options)

    def advance(self, seconds: float) -> None:
        """Move business time forward, Etsy's too."""
        super().advance(seconds)
        self.etsy.clock.set_offset(self.one("select offset_seconds from clock"))

    def begin(
        self, files: Mapping[str, bytes], settings: Mapping[str, Any] | None = None, **choices: Any
    ) -> str:
        """Upload files and run the flow up to its first push; the run."""
        self.upload(files, **choices)
        run = self.start("designs", settings)
        self.drive_to_push()
        return run

    def drive_to_push(self) -> None:
        """Deliver until only pushes wait to be delivered."""
        self.drive(
            rounds=200,
            strict=False,
            choose=lambda tasks: next((n for n, task in enumerate(tasks) if b'"push"' not in task.body), 0),
            stop=lambda tasks: bool(tasks) and all(b'"push"' in task.body for task in tasks),
        )

    def drive(self, *, stop: Callable[[Sequence[Any]], bool] | None = None, **options: Any) -> None:
        """See Pipeline.drive. stop: ends it before a delivery."""
        if stop is None:
            super().drive(**({"patience": FAR} | options))
            return
        for _ in range(options.pop("rounds", 200)):
            if stop(self.tasks.waiting):
                return
            super().drive(**({"patience": FAR} | options), rounds=1)

    def undo(self, run: str, settings: Mapping[str, Any] | None = None) -> str:
        """Take back what a run has listed; the run that does."""
        undoing = self.start("designs", settings, rollback_of=run)
        self.drive(patience=FAR)
        return undoing

    def outcomes_by_key(self, run: str) -> list[str]:
        """How each item of a run ended."""
        return [row[0] for row in self.sql("select reason from items where run_id = %s", run)]

    def held(self) -> list[dict[str, Any]]:
        """The listings at Etsy, the oldest first."""
        return sorted(self.etsy.held(), key=lambda each: each["listing_id"])

    def calls(self, operation: str) -> int:
        """How often an operation of Etsy's was called."""
        return self.etsy.calls().get(operation, 0)

    def writes(self) -> int:
        """How many calls there were that write."""
        names = ("createDraftListing", "uploadListingImage", "updateListingInventory", "deleteListing")
        return sum(self.calls(name) for name in names)

    def tasks_asked(self) -> list[tuple[str, str]]:
        """(reason, error) of every open task."""
        rows = self.sql("select reason, error from manual_tasks where state = 'open' order by id")
        return [(row[0], row[1]) for row in rows]

    def answer_tasks(self, run: str) -> int:
        """A person says of every open task of a run that it may go on; how many."""
        desk = ManualTasks(self.services, OPERATOR)
        rows = self.sql("select id from manual_tasks where run_id = %s and state = 'open' order by id", run)
        for (number,) in rows:
            task = desk.claim_one(number, "bob")
            desk.complete(number, task.fence, "bob", Answer(note="Let it go on."))
        self.drive(patience=FAR)
        return len(rows)

    def approve(self, run: str) -> None:
        """A person approves what waits in a run."""
        Changes(self.services, OPERATOR).approve(run_id=run)
        self.drive(patience=FAR)

    def settled_in_time(self) -> None:
        """Let a look-up be due whenever it is wanted: deadlines are real time, which tests do not sit out."""
        self.sql(
            """
            create function at_once() returns trigger language plpgsql as $$
            begin new.deadline = clock_timestamp(); return new; end $$;
            create trigger at_once before update on effects for each row when (new.deadline is not null)
              execute function at_once();
            """
        )
        self.sql("update effects set deadline = clock_timestamp() where state in ('sent', 'unknown')")

    def close(self) -> None:
        """Let go of everything."""
        super().close()
        self.http.close()


def holds_exactly(flow: DraftsPipeline, *names: str) -> bool:
    """Whether the shop holds one draft of each of these files, whole: its images once and in order, and its sku.

    Raises AssertionError, saying what not.
    """
    wanted = {row.id: row for row in flow.designs() if row.filename in names}
    assert sorted(row.filename for row in wanted.values()) == sorted(names)
    rows = flow.sql("select design_id, listing_id, sku from listings where state = 'draft'")
    known = {int(row.listing_id): row for row in rows}
    held = {each["listing_id"]: each for each in flow.held()}
    assert sorted(held) == sorted(known), "what the shop holds is what is recorded"
    assert sorted(row.design_id for row in rows) == sorted(wanted)
    for number, listing in held.items():
        assert image_hashes(listing) == mockup_hashes(flow, known[number].design_id)
        [product] = listing["inventory"]["products"]
        assert product["sku"] == known[number].sku
    return True


def image_hashes(listing: Mapping[str, Any]) -> list[str]:
    """SHA-256 of a listing's images, by rank."""
    ranked = sorted(listing["images"], key=lambda image: image["rank"])
    assert [image["rank"] for image in ranked] == list(range(1, len(ranked) + 1))
    return [image["_sha256"] for image in ranked]


def mockup_hashes(flow: DraftsPipeline, design: Any) -> list[str]:
    """SHA-256 of a design's mockups as they are stored, in their order."""
    rows = flow.sql(
        "select name from design_objects where design_id = %s and kind = 'mockup' order by position", design
    )
    return [hashlib.sha256(flow.bucket.contents[name]).hexdigest() for (name,) in rows]


def all_pushed(flow: DraftsPipeline, run: str) -> bool:
    """Whether a run has ended with everything done, known of and nothing left under way."""
    assert flow.state(run) == "completed", (flow.state(run), flow.outcomes(run), flow.tasks_asked())
    assert set(flow.outcomes(run).values()) == {"pushed"}
    assert flow.imbalance(run) is None
    left = "select state, key, part from effects where state not in ('confirmed', 'dropped') and run_id = %s"
    assert flow.sql(left, run) == []
    assert flow.sql("select state from sends where state in ('planned', 'sent') and run_id = %s", run) == []
    states = flow.sql("select distinct state from staged_changes where run_id = %s", run)
    assert [row[0] for row in states] == ["applied"]
    return True


def dies_at(number: int) -> Callable[[], None]:
    """What happens at a place: the worker dies when it comes there for the so many'th time."""
    visits = iter(range(1, 100_000))

    def visit() -> None:
        if next(visits) == number:
            raise Crash

    return visit
