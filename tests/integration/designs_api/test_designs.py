"""Designs as people look at them over HTTP; and nothing of them for another tenant."""

from uuid import uuid4

import httpx

from common.objects.store import SignedRequest
from tests.integration.api.conftest import People
from tests.integration.designs_api.sending import code, upload
from tests.support.designs import FAR, DesignsPipeline, png, resized


def stocked(pipeline: DesignsPipeline, people: People) -> dict[str, str]:
    """Two designs, and one that looks like the first; name → id."""
    files = {"a.png": png(1), "small a.png": resized(1), "b.png": png(2)}
    upload(pipeline, people.operator, files)
    pipeline.drive(patience=FAR)
    return {row.filename: str(row.id) for row in pipeline.designs()}


def fetched(pipeline: DesignsPipeline, url: str) -> bytes:
    """What an address of the bucket in memory leads to."""
    status, content = pipeline.bucket.perform(SignedRequest("GET", url))
    assert status == 200
    return content


def test_designs_are_listed_the_newest_first_a_page_at_a_time(
    pipeline: DesignsPipeline, people: People
) -> None:
    ids = stocked(pipeline, people)
    page = people.viewer.get("/designs/list").json()
    assert page["total"] == 3
    assert {design["id"] for design in page["designs"]} == set(ids.values())
    parts = [people.viewer.get("/designs/list", params={"skip": n, "limit": 1}).json() for n in range(3)]
    assert [part["designs"][0] for part in parts] == page["designs"]
    near = people.viewer.get("/designs/list", params={"state": "near"}).json()
    assert [design["filename"] for design in near["designs"]] == ["small a.png"]
    assert people.viewer.get("/designs/list", params={"shop": "none"}).json()["total"] == 0
    for wrong in ({"limit": 0}, {"limit": 1001}, {"skip": -1}, {"skip": 10**30}, {"state": "a\0b"}):
        assert people.viewer.get("/designs/list", params=wrong).status_code == 400, wrong


def test_one_design_with_what_was_made_of_it(pipeline: DesignsPipeline, people: People) -> None:
    ids = stocked(pipeline, people)
    design = people.viewer.get(f"/designs/by-id/{ids['a.png']}").json()
    assert (design["filename"], design["state"], design["kind"]) == ("a.png", "stored", "PNG")
    [made] = people.viewer.get(f"/designs/by-id/{ids['a.png']}/files").json()
    assert (made["position"], made["kind"]) == (0, "print")
    assert len(fetched(pipeline, made["url"])) == made["size"]
    original = people.viewer.get(f"/designs/by-id/{ids['a.png']}/original", follow_redirects=False)
    assert (original.status_code, original.headers["cache-control"]) == (307, "no-store")
    assert fetched(pipeline, original.headers["location"]) == png(1)
    gallery = people.viewer.get("/designs/gallery").json()
    assert (gallery["total_files"], gallery["total_mockups"]) == (2, 0)


def test_designs_are_described_and_found_by_their_tags(pipeline: DesignsPipeline, people: People) -> None:
    ids = stocked(pipeline, people)
    path = f"/designs/update/{ids['a.png']}"
    changed = people.operator.put(path, json={"tags": ["cat", "cup, large"], "description": "A cat."}).json()
    assert (changed["tags"], changed["description"]) == (["cat", "cup, large"], "A cat.")
    assert people.operator.put(path, json={}).json()["tags"] == ["cat", "cup, large"]
    for tags, total in ((["cat"], 1), (["cat", "cup, large"], 1), (["cat", "dog"], 0), (["Cat"], 0)):
        found = people.viewer.get("/designs/search-by-tags", params={"tags": tags}).json()
        assert found["total"] == total, tags
    assert people.viewer.get("/designs/search-by-tags").status_code == 400
    for wrong in (
        {"filename": "x"},
        {"tags": "cat"},
        {"tags": [1]},
        {"description": "a\0b"},
        {"tags": ["x" * 201]},
        {"tags": ["x"] * 101},
    ):
        assert people.operator.put(path, json=wrong).status_code == 400, wrong


def test_a_deleted_design_is_out_of_lists_until_it_is_brought_back(
    pipeline: DesignsPipeline, people: People
) -> None:
    ids = stocked(pipeline, people)
    people.operator.put(f"/designs/update/{ids['a.png']}", json={"tags": ["cat"]})
    assert people.operator.delete(f"/designs/delete/{ids['a.png']}").status_code == 204
    assert people.operator.delete(f"/designs/delete/{ids['a.png']}").status_code == 204
    assert people.viewer.get("/designs/list").json()["total"] == 2
    assert people.viewer.get("/designs/search-by-tags", params={"tags": ["cat"]}).json()["total"] == 0
    assert people.viewer.get("/designs/gallery").json()["total_files"] == 1
    assert people.viewer.get(f"/designs/by-id/{ids['a.png']}").json()["is_active"] is False
    back = people.operator.post(f"/designs/restore/{ids['a.png']}").json()
    assert (back["is_active"], back["tags"], back["state"]) == (True, ["cat"], "stored")
    assert people.viewer.get("/designs/list").json()["total"] == 3


def test_pairs_that_look_alike_are_told_until_somebody_has_spoken(
    pipeline: DesignsPipeline, people: People
) -> None:
    ids = stocked(pipeline, people)
    [pair] = people.viewer.get("/designs/duplicates", params={"undecided": True}).json()
    assert {pair["design_id"], pair["other_id"]} == {ids["a.png"], ids["small a.png"]}
    assert pair["verdict"] is None
    run = pipeline.one("select id from runs")
    assert people.approver.post("/changes/reject", json={"run_id": run}).status_code == 200
    assert people.viewer.get("/designs/duplicates", params={"undecided": True}).json() == []
    [pair] = people.viewer.get("/designs/duplicates").json()
    assert (pair["verdict"], pair["decided_by"]) == ("same", "the approver")


def test_who_may_do_what(pipeline: DesignsPipeline, people: People) -> None:
    design = stocked(pipeline, people)["a.png"]
    reading = ("list", "gallery", "duplicates", f"by-id/{design}", f"by-id/{design}/files")
    for path in reading:
        assert people.viewer.get(f"/designs/{path}").status_code == 200, path
        assert people.nobody.get(f"/designs/{path}").status_code == 401, path
    assert people.viewer.put(f"/designs/update/{design}", json={"tags": []}).status_code == 403
    assert people.viewer.delete(f"/designs/delete/{design}").status_code == 403
    assert people.viewer.post(f"/designs/restore/{design}").status_code == 403


def test_what_there_is_not(people: People) -> None:
    def answers(design: object) -> list[httpx.Response]:
        return [
            people.operator.get(f"/designs/by-id/{design}"),
            people.operator.get(f"/designs/by-id/{design}/files"),
            people.operator.get(f"/designs/by-id/{design}/original"),
            people.operator.put(f"/designs/update/{design}", json={"tags": []}),
            people.operator.delete(f"/designs/delete/{design}"),
            people.operator.post(f"/designs/restore/{design}"),
        ]

    assert [code(answer) for answer in answers(uuid4())] == [(404, "unknown_design")] * 6
    assert {answer.status_code for answer in answers("no-id")} == {400}


def test_another_tenant_sees_nothing_of_it(pipeline: DesignsPipeline, people: People) -> None:
    design = stocked(pipeline, people)["a.png"]
    session = pipeline.one("select id from upload_sessions")
    stranger = people.stranger
    assert stranger.get("/designs/list").json() == {"designs": [], "total": 0}
    assert stranger.get("/designs/duplicates").json() == []
    assert stranger.get("/designs/gallery").json()["total_files"] == 0
    for path in (
        f"by-id/{design}",
        f"by-id/{design}/files",
        f"by-id/{design}/original",
        f"progress/{session}",
    ):
        assert stranger.get(f"/designs/{path}", follow_redirects=False).status_code == 404, path
    assert stranger.get(f"/designs/progress/{session}/now").status_code == 404
    assert stranger.put(f"/designs/update/{design}", json={"description": "mine"}).status_code == 404
    assert stranger.delete(f"/designs/delete/{design}").status_code == 404
    assert stranger.post(f"/designs/restore/{design}").status_code == 404
    assert code(stranger.post(f"/designs/finish-upload/{session}")) == (404, "unknown_upload")
    body = {"files": [{"filename": "x", "size": 1}], "session_id": str(session)}
    assert code(stranger.post("/designs/start-upload", json=body)) == (404, "unknown_upload")
    files = {"files": ("a.png", png(1), "image/png")}
    assert code(stranger.post("/designs/", files=files, data={"session_id": str(session)}))[0] == 404


def test_two_tenants_have_the_same_picture_each_for_itself(pipeline: DesignsPipeline, people: People) -> None:
    stocked(pipeline, people)
    ended = upload(pipeline, people.stranger, {"a.png": png(1), "small.png": resized(2)})
    pipeline.drive(patience=FAR)
    assert pipeline.outcomes(ended["run_id"]) == {"a.png": "no_shop", "small.png": "no_shop"}
    assert people.stranger.get("/designs/duplicates").json() == []
    made = [name for name in pipeline.bucket.contents if "/uploads/" not in name]
    assert sum(name.startswith("designs/other/") for name in made) == 2


def test_a_file_is_found_by_its_name_whatever_upload_it_was_part_of(
    pipeline: DesignsPipeline, people: People
) -> None:
    stocked(pipeline, people)
    upload(pipeline, people.operator, {"a.png": png(1)})
    pipeline.drive(patience=FAR)
    told = people.viewer.get("/timeline", params={"flow": "designs", "key": "a.png"})
    assert told.status_code == 200, told.text
    assert "duplicate" in told.text
    assert "fingerprinted" in told.text
    absent = people.viewer.get("/timeline", params={"flow": "designs", "key": "never uploaded.png"})
    assert absent.status_code == 404
    assert people.stranger.get("/timeline", params={"flow": "designs", "key": "a.png"}).status_code == 404
