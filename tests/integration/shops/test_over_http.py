"""Shops by HTTP: their files, and their parts one at a time."""

import io
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from common.client import Shelfline
from common.errors import Usage
from common.interface.api_tokens import ensure_token
from infra.local.samples import make_shop
from tests.integration.api.conftest import People
from tests.support.harness import Pipeline
from tests.unit.shops.files import SOUND

SAMPLE = make_shop.FOLDER.parent / "shop.yaml"
SIZES = {"table.jpg": (400, 300), "shelf.png": (500, 500), "mark.png": (60, 10)}
PLAIN_TEMPLATE = {
    "name": "Mug 11oz",
    "template_title": "Mug",
    "description": "A mug.",
    "price": "9.90",
    "taxonomy_id": 1063,
    "shipping_profile_id": 8001,
}


def picture(size: tuple[int, int], kind: str) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, "teal").save(buffer, kind)
    return buffer.getvalue()


def form(text: str = SOUND, *pictures: str) -> Any:
    """A shop's file with some of its pictures."""
    parts = [("file", ("shop.yaml", text.encode()))]
    for name in pictures:
        parts.append(("pictures", (name, picture(SIZES[name], "JPEG" if name.endswith("jpg") else "PNG"))))
    return parts


def loaded(people: People, text: str = SOUND) -> dict[str, Any]:
    """The shop after a load of its file with all its pictures."""
    answer = people.operator.post("/shops", files=form(text, *SIZES))
    assert answer.status_code == 200, answer.text
    shop: dict[str, Any] = people.viewer.get("/shops").json()["shops"][0]
    return shop


def refused(answer: httpx.Response, status: int, code: str) -> str:
    """What a refusal says."""
    assert answer.headers["Content-Type"] == "application/problem+json", answer.text
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    return str(answer.json()["detail"])


def test_a_file_and_its_pictures_are_loaded_and_shown(pipeline: Pipeline, people: People) -> None:
    answer = people.operator.post("/shops", files=form(SOUND, *SIZES)).json()
    assert (answer["shop"], answer["version"], answer["changed"], answer["problems"]) == (
        "Sample shop",
        1,
        True,
        [],
    )
    assert answer["counts"] == {"templates": 2, "canvases": 1, "sizes": 1, "mockups": 1, "pictures": 3}
    [shop] = people.viewer.get("/shops").json()["shops"]
    assert (shop["etsy_shop_id"], shop["loaded"]["loaded_by"]) == (5001, "the operator")
    wrap = shop["templates"][0]
    assert (wrap["name"], wrap["price"], wrap["tags"]) == (
        "UVDTF 16oz",
        "4.00",
        ["uv dtf wrap", "cup transfer"],
    )
    assert wrap["canvases"][0]["sizes"][0]["name"] == "Adult"
    first, second = wrap["mockups"][0]["images"]
    assert [mask["alignment"] for mask in first["masks"]] == ["left", "center"]
    assert second["masks"][0]["polygon"] == [[0, 0], [500, 0], [500, 500], [0, 500]]
    stored = pipeline.services.objects.get(first["file_path"])
    assert stored == picture(SIZES["table.jpg"], "JPEG")
    assert second["watermark_path"] != second["file_path"]


def test_the_same_again_changes_nothing_and_pictures_need_not_come_again(
    pipeline: Pipeline, people: People
) -> None:
    people.operator.post("/shops", files=form(SOUND, *SIZES))
    for sent in (form(SOUND, *SIZES), form(SOUND)):
        answer = people.operator.post("/shops", files=sent).json()
        assert (answer["version"], answer["changed"]) == (1, False)
    told = pipeline.sql("select body from events where kind = 'shop_loaded'")
    assert [row[0]["version"] for row in told] == [1]


def test_another_picture_of_the_same_name_is_a_change(people: People) -> None:
    before = loaded(people)
    sent = [("file", ("shop.yaml", SOUND.encode())), ("pictures", ("mark.png", picture((70, 10), "PNG")))]
    assert people.operator.post("/shops", files=sent).json()["version"] == 2
    after = people.viewer.get("/shops").json()["shops"][0]
    images = [shop["templates"][0]["mockups"][0]["images"] for shop in (before, after)]
    assert images[0][0]["file_path"] == images[1][0]["file_path"]
    assert images[0][1]["watermark_path"] != images[1][1]["watermark_path"]


def test_a_file_with_errors_is_refused_with_every_one_of_them(people: People) -> None:
    answer = people.operator.post("/shops", files=form(SOUND.replace("4.00", "0"), "table.jpg"))
    assert "line 11: UVDTF 16oz price" in refused(answer, 400, "shop_file_errors")
    assert [(each["line"], each["reason"]) for each in answer.json()["problems"]] == [
        (11, "out_of_range"),
        (34, "no_picture"),
        (37, "no_picture"),
    ]
    assert people.viewer.get("/shops").json() == {"shops": []}


def test_a_picture_that_is_none_is_told_at_its_line(people: People) -> None:
    sent = [*form(SOUND, "shelf.png", "mark.png"), ("pictures", ("table.jpg", b"no picture"))]
    answer = people.operator.post("/shops", files=sent)
    refused(answer, 400, "shop_file_errors")
    assert [(each["line"], each["reason"]) for each in answer.json()["problems"]] == [(26, "no_picture")]


def test_a_viewer_may_check_and_look_but_change_nothing(people: People) -> None:
    shop = loaded(people)
    template, mockup = shop["templates"][0]["id"], shop["templates"][0]["mockups"][0]["id"]
    assert people.viewer.post("/shops/check", files=form()).json()["ok"]
    assert not people.viewer.post("/shops/check", files=form(SOUND, "table.jpg")).json()["ok"]
    image = ("a.png", picture((9, 9), "PNG"))
    for answer in (
        people.viewer.post("/shops", files=form()),
        people.viewer.post("/settings/product-template", json=PLAIN_TEMPLATE | {"shop_id": shop["id"]}),
        people.viewer.delete(f"/settings/product-template/{template}"),
        people.viewer.put(f"/mockups/update/{mockup}", json={"name": "M"}),
        people.viewer.post("/mockups/upload", files={"file": image}),
    ):
        refused(answer, 403, "role_too_low")


def test_tenants_see_their_own_shops_only(people: People) -> None:
    template = loaded(people)["templates"][0]["id"]
    assert people.stranger.get("/shops").json() == {"shops": []}
    assert people.stranger.get("/settings/canvas-config").json() == []
    refused(people.stranger.get(f"/settings/product-template/{template}"), 404, "no_shop_part")
    canvas = {"name": "C", "width": 4, "height": 4}
    refused(people.stranger.post(f"/settings/{template}/canvas-config", json=canvas), 404, "no_shop_part")


def test_a_product_template_is_added_changed_and_taken_out(people: People) -> None:
    shop = loaded(people)
    path = "/settings/product-template"
    made = people.operator.post(path, json=PLAIN_TEMPLATE | {"shop_id": shop["id"]})
    assert made.status_code == 201, made.text
    number = made.json()["id"]
    assert made.json()["shop_id"] == shop["id"]
    changed = people.operator.put(
        f"{path}/{number}", json=PLAIN_TEMPLATE | {"price": "10.50", "tags": ["mug"]}
    )
    assert (changed.json()["price"], changed.json()["tags"]) == ("10.50", ["mug"])
    assert [each["name"] for each in people.viewer.get(path).json()] == ["UVDTF 16oz", "Digital", "Mug 11oz"]
    assert people.operator.delete(f"{path}/{number}").status_code == 204
    assert [each["name"] for each in people.viewer.get(path).json()] == ["UVDTF 16oz", "Digital"]
    assert people.viewer.get(f"{path}/{number}").json()["is_active"] is False
    refused(people.operator.delete(f"{path}/{number}"), 404, "no_shop_part")


def test_the_rules_of_the_file_hold_for_single_parts(people: People) -> None:
    shop = loaded(people)
    bad = PLAIN_TEMPLATE | {
        "shop_id": shop["id"],
        "price": 0,
        "tags": ["t"] * 2 + ["x" * 21],
        "shop_section_id": 9,
    }
    detail = refused(people.operator.post("/settings/product-template", json=bad), 400, "bad_shop_part")
    for told in ("price: price is 0", "tags: Etsy allows 20 characters", "9 is none of the shop's sections"):
        assert told in detail
    again = PLAIN_TEMPLATE | {"shop_id": shop["id"], "name": "Digital"}
    refused(people.operator.post("/settings/product-template", json=again), 409, "name_taken")
    number = shop["templates"][0]["id"]
    renamed = PLAIN_TEMPLATE | {"name": "Digital"}
    refused(people.operator.put(f"/settings/product-template/{number}", json=renamed), 409, "name_taken")
    refused(
        people.operator.put(f"/settings/product-template/{number}", json={"nam": "M"}), 400, "bad_request"
    )


def test_canvases_and_sizes_are_added_changed_and_taken_out(people: People) -> None:
    template = loaded(people)["templates"][0]["id"]
    path = f"/settings/{template}/canvas-config"
    canvas = people.operator.post(path, json={"name": "Lid", "width": "3.5", "height": 3, "dpi": 200}).json()
    assert (canvas["width"], canvas["dpi"], canvas["spacing"], canvas["sizes"]) == ("3.5", 200, "0.125", [])
    sizes = f"/settings/{template}/{canvas['id']}/size-config"
    size = people.operator.post(sizes, json={"name": "Youth", "width": 2, "height": "2.5"}).json()
    assert people.viewer.get(f"{path}/{canvas['id']}").json()["sizes"] == [size]
    changed = people.operator.put(
        f"{sizes}/{size['id']}", json={"name": "Youth", "width": 3, "height": 3}
    ).json()
    assert (changed["id"], changed["width"]) == (size["id"], "3")
    assert people.viewer.get(sizes).json() == [changed]
    assert changed in people.viewer.get("/settings/size-config").json()
    assert people.operator.put(
        f"{path}/{canvas['id']}", json={"name": "Lid", "width": 4, "height": 4}
    ).json()["sizes"] == [changed]
    names = [each["name"] for each in people.viewer.get(f"{path}/get-list-with-relations").json()]
    assert names == ["UVDTF Decal", "Lid"]
    assert people.operator.delete(f"{sizes}/{size['id']}").status_code == 204
    assert people.operator.delete(f"{path}/{canvas['id']}").status_code == 204
    assert [each["name"] for each in people.viewer.get(path).json()] == ["UVDTF Decal"]
    bad = {"name": "Lid", "width": 0, "height": 3, "dpi": 72}
    detail = refused(people.operator.post(path, json=bad), 400, "bad_shop_part")
    assert "width is 0" in detail
    assert "dpi is 72; write one of 150, 200, 300, 400, 500, 600" in detail


def test_a_canvas_of_another_template_is_not_found_under_this_one(people: People) -> None:
    first, second = (each["id"] for each in loaded(people)["templates"])
    canvas = people.viewer.get(f"/settings/{first}/canvas-config").json()[0]["id"]
    assert people.viewer.get(f"/settings/{first}/canvas-config/{canvas}").status_code == 200
    refused(people.viewer.get(f"/settings/{second}/canvas-config/{canvas}"), 404, "no_shop_part")
    refused(people.viewer.get(f"/settings/{second}/{canvas}/size-config"), 404, "no_shop_part")


def test_what_a_shop_has_at_etsy_is_answered_from_its_file(people: People) -> None:
    loaded(people)
    assert people.viewer.get("/settings/shop-sections").json() == [
        {"id": 7001, "name": "Mugs", "shop": "Sample shop"}
    ]
    assert people.viewer.get("/settings/taxonomies").json() == []


def uploaded(people: People, size: tuple[int, int] = (200, 100), name: str = "wall.png") -> dict[str, Any]:
    """A picture that was uploaded, as images name it."""
    answer = people.operator.post("/mockups/upload", files={"file": (name, picture(size, "PNG"))})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_mock_up_grows_by_picture_and_masks(people: People) -> None:
    template = loaded(people)["templates"][1]["id"]
    mockup = people.operator.post("/mockups/", json={"name": "Wall", "product_template_id": template}).json()
    assert (mockup["starting_name"], mockup["images"]) == (100, [])
    image = people.operator.post(f"/mockups/images/{mockup['id']}/create", json=uploaded(people)).json()
    masks = {
        "masks": [[[0, 0], [50, 0], [50, 50]], [[60, 0], [90, 0], [90, 90]]],
        "is_cropped": [True, False],
    }
    made = people.operator.post(f"/mockups/images/{image['id']}/mask-data", json=masks).json()
    assert (made["is_cropped"], made["alignment"], made["points"]) == ([True, False], ["center", "center"], 6)
    assert people.viewer.get(f"/mockups/images/{image['id']}/mask-data").json() == made
    changed = people.operator.put(
        f"/mockups/mask-data/{made['id']}", json={"masks": masks["masks"][:1], "alignment": "right"}
    )
    assert (changed.json()["id"], changed.json()["alignment"]) == (made["id"], ["right"])
    shown = people.viewer.get(f"/mockups/by-id/{mockup['id']}").json()["images"]
    assert [each["masks"][0]["alignment"] for each in shown] == ["right"]
    assert people.viewer.get(f"/mockups/images/{mockup['id']}/list").json() == shown
    assert people.operator.delete(f"/mockups/mask-data/{made['id']}").status_code == 204
    refused(people.viewer.get(f"/mockups/images/{image['id']}/mask-data"), 404, "no_mask_data")
    assert people.operator.delete(f"/mockups/images/{image['id']}").status_code == 204
    assert people.operator.delete(f"/mockups/delete/{mockup['id']}").status_code == 204
    assert [each["name"] for each in people.viewer.get("/mockups/").json()] == ["Kitchen"]


def test_a_mock_up_is_added_as_a_group_or_not_at_all(people: People) -> None:
    template = loaded(people)["templates"][1]["id"]
    image = uploaded(people) | {"mask_data": {"masks": [[[0, 0], [50, 0], [50, 50]]]}}
    body = {"name": "Wall", "starting_name": 300, "product_template_id": template, "images": [image]}
    outside = image | {"mask_data": {"masks": [[[0, 0], [500, 0], [50, 50]]]}}
    detail = refused(
        people.operator.post("/mockups/group", json=body | {"images": [image, outside]}), 400, "bad_shop_part"
    )
    assert "masks[1].polygon: The point [500, 0] lies outside the picture of 200 × 100 pixels" in detail
    assert [each["name"] for each in people.viewer.get("/mockups/").json()] == ["Kitchen"]
    made = people.operator.post("/mockups/group", json=body)
    assert made.status_code == 201, made.text
    assert (made.json()["starting_name"], len(made.json()["images"][0]["masks"])) == (300, 1)
    refused(people.operator.post("/mockups/group", json=body), 409, "name_taken")


def test_only_a_picture_of_ones_own_may_be_named(people: People) -> None:
    mockup = loaded(people)["templates"][0]["mockups"][0]
    image = uploaded(people)
    for path in ("shops/other/BaseMockups/a.png", "orders/1.csv", "shops/default/BaseMockups/../../a"):
        answer = people.operator.post(
            f"/mockups/images/{mockup['id']}/create", json=image | {"file_path": path}
        )
        assert "was not uploaded" in refused(answer, 400, "bad_shop_part")
        mark = {"watermark_path": path}
        refused(
            people.operator.put(f"/mockups/{mockup['id']}/update-watermark", json=mark), 400, "bad_shop_part"
        )


def test_watermarks_are_put_over_one_picture_or_all_and_taken_away(people: People) -> None:
    mockup = loaded(people)["templates"][0]["mockups"][0]
    first, second = (each["id"] for each in mockup["images"])
    marked = people.operator.put(
        f"/mockups/images/{first}/watermark-upload", files={"file": ("our mark.png", picture((40, 8), "PNG"))}
    ).json()
    assert (marked["watermark"], marked["watermark_path"] != "") == ("our mark.png", True)
    everywhere = {"watermark_path": marked["watermark_path"], "watermark": "our mark.png"}
    answer = people.operator.put(f"/mockups/{mockup['id']}/update-watermark", json=everywhere).json()
    assert {each["watermark_path"] for each in answer["images"]} == {marked["watermark_path"]}
    bare = people.operator.put(f"/mockups/images/{second}/watermark", json={"watermark_path": ""}).json()
    assert (bare["watermark"], bare["watermark_path"]) == ("", "")
    assert [each["masks"] != [] for each in answer["images"]] == [True, True]


def test_a_picture_may_not_shrink_under_its_masks(people: People) -> None:
    image = loaded(people)["templates"][0]["mockups"][0]["images"][0]
    small = uploaded(people, (100, 100), "table.jpg.png")
    detail = refused(people.operator.put(f"/mockups/images/{image['id']}", json=small), 400, "bad_shop_part")
    assert "outside the picture of 100 × 100 pixels" in detail
    large = uploaded(people, (900, 900), "large.png")
    assert people.operator.put(f"/mockups/images/{image['id']}", json=large).json()["masks"] == image["masks"]


def test_an_upload_that_is_no_picture_is_refused(people: People) -> None:
    gif = picture((9, 9), "GIF")
    for name, content, code in (
        ("a.png", b"text", "not_an_image"),
        ("a.png", b"", "not_an_image"),
        ("a.gif", gif, "bad_extension"),
    ):
        assert refused(people.operator.post("/mockups/upload", files={"file": (name, content)}), 400, code)


def test_loading_the_file_brings_back_what_was_changed_one_at_a_time(people: People) -> None:
    shop = loaded(people)
    number = shop["templates"][0]["id"]
    people.operator.put(f"/settings/product-template/{number}", json=PLAIN_TEMPLATE)
    [image] = shop["templates"][0]["mockups"][0]["images"][:1]
    people.operator.delete(f"/mockups/images/{image['id']}")
    answer = people.operator.post("/shops", files=form(SOUND, *SIZES)).json()
    assert (answer["version"], answer["changed"]) == (2, True)
    after = people.viewer.get("/shops").json()["shops"][0]["templates"]
    assert [each["name"] for each in after] == ["Digital", "UVDTF 16oz"]
    assert len(after[1]["mockups"][0]["images"]) == 2


def test_a_picture_of_another_shop_is_not_taken_for_ones_own(people: People) -> None:
    loaded(people)
    second = SOUND.replace("shop: Sample shop", "shop: Second shop").replace("shop_id: 5001", "shop_id: 5002")
    answer = people.operator.post("/shops", files=form(second))
    refused(answer, 400, "shop_file_errors")
    assert {each["reason"] for each in answer.json()["problems"]} == {"no_picture"}


def test_amounts_of_no_sensible_size_are_refused(people: People) -> None:
    shop = loaded(people)
    number = shop["templates"][0]["id"]
    for amount in ("1E+999999", "-1E+999999", "1E-999999", "NaN", "Infinity", True, 10**30):
        template = PLAIN_TEMPLATE | {"shop_id": shop["id"], "price": amount}
        canvas = {"name": "C", "width": amount, "height": amount}
        for path, body in (("product-template", template), (f"{number}/canvas-config", canvas)):
            answer = people.operator.post(f"/settings/{path}", json=body)
            assert answer.status_code == 400, answer.text
            assert answer.json()["code"] in ("bad_shop_part", "bad_request")


def test_a_form_without_a_file_says_which_field_it_wants(people: People) -> None:
    refused(people.viewer.post("/shops/check", files={"shop": ("a.yaml", b"")}), 400, "no_file")


def test_programs_load_the_sample(pipeline: Pipeline, address: str, tmp_path: Path) -> None:
    with Shelfline(address, ensure_token(pipeline.services, "a program", "operator")) as shelfline:
        checked = shelfline.check_shop(SAMPLE)
        assert shelfline.load_shop(SAMPLE, checked["pictures"])["version"] == 1
        assert [each["name"] for each in shelfline.shops()["shops"]] == ["Sample shop"]
        bad = tmp_path / "bad.yaml"
        bad.write_text(SOUND.replace("4.00", "free"))
        assert shelfline.check_shop(bad)["errors"] == 1
        with pytest.raises(Usage, match="line 11"):
            shelfline.load_shop(bad)
