"""The shops of the tenant: their files checked and loaded, and what they are now."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import BinaryIO

from common.auth.tokens import Role
from common.customers.checked_file import FileRefused
from common.customers.problem import BookProblem
from common.interface.customers import BookProblemView
from common.interface.desk import Desk, View, tell
from common.interface.shop_views import CanvasView, MockupView, TemplateView
from common.shops import pictures
from common.shops.reading import SizeOf
from common.shops.shop import Shop
from common.shops.store import LoadedVersion
from common.shops.store import Shops as StoredShops

Pictures = Mapping[str, BinaryIO]
"""Pictures by the names that the file gives them; streams that can seek."""


class ShopCounts(View):
    """How much a shop's file says. pictures: each counted once, watermarks among them."""

    templates: int
    canvases: int
    sizes: int
    mockups: int
    pictures: int


class CheckedShop(View):
    """What is wrong with a file. ok: whether it can be loaded; errors and warnings: how many of the problems."""

    file: str
    shop: str
    ok: bool
    is_readable: bool
    """False when it is no YAML of a shop at all."""
    counts: ShopCounts
    errors: int
    warnings: int
    problems: list[BookProblemView]
    pictures: list[str]
    """Every picture that it names, as a path beside it."""


class ShopVersion(View):
    """A load of a shop's file."""

    version: int
    file: str
    content_hash: str
    loaded_at: datetime
    loaded_by: str


class LoadedShop(ShopVersion):
    """What became of a load. changed: False when the shop was so already."""

    shop: str
    changed: bool
    counts: ShopCounts
    problems: list[BookProblemView]
    """Warnings: with an error nothing is loaded."""


class TemplateWhole(TemplateView):
    """A template with everything in it."""

    canvases: list[CanvasView]
    mockups: list[MockupView]


class ShopView(View):
    """A shop as it is now. loaded: the newest load of its file, single changes may have come after it."""

    id: int
    name: str
    etsy_shop_id: int
    loaded: ShopVersion
    templates: list[TemplateWhole]


class ShopList(View):
    """The tenant's shops by name."""

    shops: list[ShopView]


class ShopRefused(FileRefused):
    """The shop's file has errors, so it was not loaded."""

    reason = "shop_file_errors"


class Shops(Desk):
    """The tenant's shops."""

    def check(self, content: bytes, file: str, sent: Pictures) -> CheckedShop:
        """Everything that is wrong with a file; nothing is stored. sent: pictures to be looked at with it, if any."""
        return checked(content, file, self._size_of(sent, {}) if sent else None)

    def load(self, content: bytes, file: str, sent: Pictures) -> LoadedShop:
        """Make the tables say what a file says, all of it or nothing; the same again changes nothing.

        sent: the pictures that it names; one that was sent before need not come again.
        Raises ShopRefused, with every problem, for a file with an error, Conflict when another shop has its account.
        """
        from common.shops.checking import check  # with its parser, only where it is used

        self.require(Role.OPERATOR)
        known = self._known(check(content).draft.name)
        found = check(content, self._size_of(sent, known))
        if found.shop is None:
            raise ShopRefused(file, "shops", found.errors)
        shop = pictures.placed(found.shop, self._keeper(sent, known))
        with self.transaction() as connection:
            stored, version, changed = StoredShops(connection).load(
                self.tenant, shop, content=content, file=file, by=self.principal.name
            )
            if changed:
                body = {
                    "shop": stored.name,
                    "version": version.version,
                    "file": file,
                    "by": self.principal.name,
                }
                tell(connection, self.tenant, f"tenant/{self.tenant}", "shop_loaded", body)
        return LoadedShop(
            **_version(version).model_dump(),
            shop=stored.name,
            changed=changed,
            counts=_counts(stored),
            problems=_problems(found.warnings),
        )

    def show(self) -> ShopList:
        """The shops as they are now."""
        with self.transaction() as connection:
            held = StoredShops(connection)
            shops, versions = held.all(self.tenant), held.versions(self.tenant)
        return ShopList(shops=[_view(each, versions[each.id]) for each in shops])

    def _known(self, name: str) -> Mapping[str, tuple[str, pictures.Size]]:
        """The pictures that a shop has, by their names; another shop's of the same name are others."""
        with self.transaction() as connection:
            shops = StoredShops(connection).all(self.tenant)
        return next((pictures.paths_of(shop) for shop in shops if shop.name == name), {})

    def _size_of(self, sent: Pictures, known: Mapping[str, tuple[str, pictures.Size]]) -> SizeOf:
        def found(name: str) -> pictures.Size | None:
            if name in sent:
                return pictures.size_of(sent[name], name)
            return known[name][1] if name in known else None

        return found

    def _keeper(self, sent: Pictures, known: Mapping[str, tuple[str, pictures.Size]]) -> Callable[[str], str]:
        """Where a picture lies by its name; one that was sent is stored first, once."""
        kept: dict[str, str] = {}

        def path_of(name: str) -> str:
            if name not in sent:
                return known[name][0]
            if name not in kept:
                kept[name] = pictures.keep(self.services.objects, self.tenant, name, sent[name])
            return kept[name]

        return path_of


def checked(content: bytes, file: str, size_of: SizeOf | None = None) -> CheckedShop:
    """Everything that is wrong with a file, without any service: it is checked wherever it lies."""
    from common.shops.checking import check

    found = check(content, size_of)
    return CheckedShop(
        file=file,
        shop=found.draft.name,
        ok=not found.errors,
        is_readable=found.is_readable,
        counts=_counts(found.draft),
        errors=len(found.errors),
        warnings=len(found.warnings),
        problems=_problems(found.problems),
        pictures=list(pictures.names_of(found.draft)),
    )


def _counts(shop: Shop) -> ShopCounts:
    canvases = [canvas for each in shop.templates for canvas in each.canvases]
    return ShopCounts(
        templates=len(shop.templates),
        canvases=len(canvases),
        sizes=sum(len(canvas.sizes) for canvas in canvases),
        mockups=sum(len(each.mockups) for each in shop.templates),
        pictures=len(pictures.names_of(shop)),
    )


def _problems(problems: Sequence[BookProblem]) -> list[BookProblemView]:
    return [BookProblemView(**each.as_json()) for each in problems]


def _version(version: LoadedVersion) -> ShopVersion:
    return ShopVersion.model_validate(version, from_attributes=True)


def _view(shop: Shop, version: LoadedVersion) -> ShopView:
    templates = [
        TemplateWhole.model_validate(
            {
                **{name: getattr(each, name) for name in TemplateWhole.model_fields if name != "shop_id"},
                "shop_id": shop.id,
            },
            from_attributes=True,
        )
        for each in shop.templates
    ]
    return ShopView(
        id=shop.id,
        name=shop.name,
        etsy_shop_id=shop.etsy_shop_id,
        loaded=_version(version),
        templates=templates,
    )
