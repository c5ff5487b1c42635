"""Makes everything of one design: the picture to be printed or sold, then its mockups, each stored as soon as it is made."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath

from common.objects.store import ObjectStore
from common.settings.designs import RenderSettings
from common.shops.mockup import MockupImage
from functions.hash.designs.download import Downloads
from functions.hash.designs.reading import Reader
from functions.hash.designs.refusal import ImageRefused
from functions.stage.designs import names
from functions.stage.designs.base_pictures import BasePictures
from functions.stage.designs.encoding import Rendered
from functions.stage.designs.mockup import MockupRefused, Mockups, SceneFile
from functions.stage.designs.plans import Plan
from functions.stage.designs.render import Print, Renderer
from functions.stage.designs.storing import Shelf, StoredPicture


@dataclass(frozen=True, slots=True)
class Made:
    """What was made of a design. name: of its file."""

    name: str
    pictures: list[StoredPicture]


class Workshop:
    """One serves all claims of a process with the same settings."""

    def __init__(
        self, objects: ObjectStore, downloads: Downloads, reader: Reader, settings: RenderSettings
    ) -> None:
        self._objects = objects
        self._downloads = downloads
        self._reader = reader
        self._renderer = Renderer.of(settings, reader)
        self._base = BasePictures(objects)
        self._mockups = Mockups(self._renderer.room)
        self._opacity = settings.mockup_watermark_opacity

    def make(self, plan: Plan, prefix: str, *, may_write: bool) -> Made:
        """Render, store, mock up. Raises Refuse for what cannot be rendered, MockupRefused for a
        mockup's own picture that cannot be shown, Conflict (name_taken), and what the store raises."""
        design = plan.design
        shelf = Shelf(self._objects if may_write else None, prefix, str(design.id))
        with self._downloads.open(design.object_name, design.size) as file:
            rendered = self._rendered(plan, file.content)
            name = _name(plan, rendered)
            pictures = [shelf.put(0, "print", _place(plan, name), rendered)]
            del rendered
            pictures += self._shown(plan, name, file.content, shelf)
        return Made(name, pictures)

    def _rendered(self, plan: Plan, content: io.BytesIO) -> Rendered:
        content.seek(0)
        if plan.sold is None:
            return self._renderer.comprehensive(content, plan.design.filename)
        canvas = plan.sold.canvas(plan.choices.canvas_config)
        wanted = Print(
            family=plan.sold.template.rules,
            size=plan.sold.size(canvas, plan.choices.size_config),
            canvas=canvas,
            is_digital=plan.is_digital,
        )
        return self._renderer.render(content, wanted, plan.design.filename)

    def _shown(self, plan: Plan, name: str, content: io.BytesIO, shelf: Shelf) -> Iterator[StoredPicture]:
        if plan.sold is None or plan.mockup is None or not plan.mockup.images:
            return
        content.seek(0)
        shop, template = plan.sold.shop.name, plan.sold.template.name
        scenes = [self._scene(image) for image in plan.mockup.images]
        try:
            for rank, picture in enumerate(self._mockups.of(content, scenes, plan.design.filename), 1):
                shown = names.mockup_object(shop, template, names.mockup(name, rank))
                yield shelf.put(rank, "mockup", shown, picture)
        except (ImageRefused, MockupRefused) as error:  # the design itself was read before
            self._base.forget()
            raise MockupRefused(str(error), reason=error.reason) from error

    def _scene(self, image: MockupImage) -> SceneFile:
        watermark = io.BytesIO(self._base.get(image.watermark_path)) if image.watermark_path else None
        return SceneFile(
            source=io.BytesIO(self._base.get(image.file_path)),
            masks=image.masks,
            size=(image.width, image.height),
            watermark=watermark,
            opacity=self._opacity,
            name=image.filename,
        )


def _name(plan: Plan, rendered: Rendered) -> str:
    if plan.sold is None:
        at: datetime = plan.design.created_at
        return names.comprehensive(plan.design.filename, at, plan.design.content_hash, rendered.extension)
    named = (
        names.digital(plan.number)
        if plan.is_digital
        else names.physical(plan.sold.template.name, plan.number)
    )
    return str(PurePosixPath(named).with_suffix(rendered.extension))


def _place(plan: Plan, name: str) -> str:
    if plan.sold is None:
        return f"unsorted/{name}"
    shop, template = plan.sold.shop.name, plan.sold.template.name
    return names.design_object(shop, template, name, is_digital=plan.is_digital)
