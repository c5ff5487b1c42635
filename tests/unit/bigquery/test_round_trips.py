"""Properties of schemas, values, uploads and hashes that hold for all of them."""

import base64
import datetime as dt
import decimal
import json
import string
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infra.local.emulators.bigquery.database import Database
from infra.local.emulators.bigquery.decoding import JsonDecoder
from infra.local.emulators.bigquery.encoding import TimestampFormat, row_expression
from infra.local.emulators.bigquery.errors import BigQueryError
from infra.local.emulators.bigquery.farm import farm_fingerprint
from infra.local.emulators.bigquery.fields import DUCKDB_TYPES, Field, column_definitions
from infra.local.emulators.bigquery.staging import stage_json, staged_columns
from infra.local.emulators.bigquery.uploads import Uploads, split_multipart

SLOW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
MODES = st.sampled_from(["NULLABLE", "REPEATED"])
NAMES = st.text(string.ascii_lowercase + "_", min_size=1, max_size=6)


def _scalar_field(name: str) -> st.SearchStrategy[Field]:
    return st.builds(Field, st.just(name), st.sampled_from(sorted(DUCKDB_TYPES)), MODES)


def _struct_field(name: str) -> st.SearchStrategy[Field]:
    return st.builds(Field, st.just(name), st.just("STRUCT"), MODES, _fields(_scalar_field))


def _fields(of: Any) -> st.SearchStrategy[tuple[Field, ...]]:
    names = st.lists(NAMES, min_size=1, max_size=3, unique=True)
    return names.flatmap(lambda found: st.tuples(*(of(name) for name in found)))


SCHEMAS = _fields(lambda name: st.one_of(_scalar_field(name), _struct_field(name)))
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8)
MOMENTS = st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2200, 1, 1))  # noqa: DTZ001  # as hypothesis wants it
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "STRING": TEXT,
    "BYTES": st.binary(max_size=8).map(lambda raw: base64.b64encode(raw).decode()),
    "INT64": st.integers(-(2**63), 2**63 - 1),
    "FLOAT64": st.floats(allow_nan=False, allow_infinity=False),
    "NUMERIC": st.decimals(-(10**20), 10**20, places=9).map(lambda number: format(number, "f")),
    "BIGNUMERIC": st.decimals(-(10**9), 10**9, places=19).map(lambda number: format(number, "f")),
    "BOOL": st.booleans(),
    "TIMESTAMP": MOMENTS.map(lambda at: f"{at.isoformat()}Z"),
    "DATETIME": MOMENTS.map(lambda at: at.isoformat()),
    "DATE": st.dates(dt.date(1, 1, 1)).map(str),
    "TIME": st.times().map(str),
    "JSON": st.dictionaries(NAMES, st.one_of(st.integers(-5, 5), TEXT, st.booleans()), max_size=2),
}


def _value(field: Field) -> st.SearchStrategy[Any]:
    if field.repeated:
        return st.lists(_value(field.element()).filter(lambda value: value is not None), max_size=3)
    if field.fields:
        return st.one_of(
            st.none(), st.fixed_dictionaries({child.name: _value(child) for child in field.fields})
        )
    return st.one_of(st.none(), VALUES[field.type])


def _same(field: Field, sent: Any, cell: Any) -> bool:
    """Whether a cell of an answer says what was sent."""
    if field.repeated:
        element = field.element()
        return len(sent or []) == len(cell) and all(
            _same(element, a, b["v"]) for a, b in zip(sent or [], cell, strict=True)
        )
    if sent is None or cell is None:
        return sent is None and cell is None
    if field.fields:
        return all(_same(c, sent[c.name], got["v"]) for c, got in zip(field.fields, cell["f"], strict=True))
    return _scalar_same(field.type, sent, cell)


def _scalar_same(kind: str, sent: Any, cell: str) -> bool:
    if kind == "TIMESTAMP":
        at = dt.datetime.fromisoformat(sent)
        return int(cell) == round(
            (at - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) / dt.timedelta(microseconds=1)
        )
    if kind == "DATETIME":
        return dt.datetime.fromisoformat(cell) == dt.datetime.fromisoformat(sent)
    if kind == "TIME":
        return dt.time.fromisoformat(cell) == dt.time.fromisoformat(sent)
    if kind in ("NUMERIC", "BIGNUMERIC"):
        return decimal.Decimal(cell) == decimal.Decimal(sent) and not ("." in cell and cell.endswith("0"))
    if kind == "FLOAT64":
        return float(cell) == sent
    if kind == "JSON":
        return bool(json.loads(cell) == sent)
    if kind == "BOOL":
        return cell == str(sent).lower()
    return cell == str(sent)


@SLOW
@given(SCHEMAS)
def test_a_schema_comes_back_from_its_resource(schema: tuple[Field, ...]) -> None:
    assert tuple(Field.from_resource(field.resource()) for field in schema) == schema


@SLOW
@given(SCHEMAS)
def test_a_schema_comes_back_from_the_table_made_of_it(database: Database, schema: tuple[Field, ...]) -> None:
    with database.cursor() as cursor:
        cursor.execute(f"CREATE OR REPLACE TEMP TABLE made ({column_definitions(schema)})")
        cursor.execute("SELECT * FROM temp.made")
        found = tuple(Field.from_duckdb(column[0], column[1]) for column in cursor.description or [])
    assert found == schema


@SLOW
@given(st.data())
def test_every_value_that_is_loaded_is_answered_as_it_was(database: Database, data: st.DataObject) -> None:
    schema = data.draw(SCHEMAS)
    rows = data.draw(
        st.lists(
            st.fixed_dictionaries({field.name: _value(field) for field in schema}), min_size=1, max_size=3
        )
    )
    source = (
        "SELECT unnest($numbers) AS number, CAST(unnest(CAST($documents AS VARCHAR[])) AS JSON) AS document"
    )
    staged = stage_json(source, schema, JsonDecoder(), ignore_unknown=False, kept="number")
    bindings = {"numbers": list(range(len(rows))), "documents": [json.dumps(row) for row in rows]}
    with database.cursor() as cursor:
        cursor.execute(f"CREATE OR REPLACE TEMP TABLE staged AS {staged}", bindings)
        assert cursor.execute("SELECT problem FROM temp.staged WHERE problem IS NOT NULL").fetchall() == []
        cursor.execute(f"CREATE OR REPLACE TEMP TABLE made ({column_definitions(schema)})")
        cursor.execute(
            f"INSERT INTO temp.made SELECT {staged_columns(schema)} FROM temp.staged ORDER BY number"
        )
        encoded = row_expression(schema, TimestampFormat.MICROSECONDS)
        answers = [
            json.loads(row[0]) for row in cursor.execute(f"SELECT {encoded} FROM temp.made AS t").fetchall()
        ]
    for row, answer in zip(rows, answers, strict=True):
        for field, cell in zip(schema, answer["f"], strict=True):
            assert _same(field, row[field.name], cell["v"]), (field, row, cell)


@SLOW
@given(st.binary(max_size=300))
def test_uploaded_bytes_arrive_as_they_were_sent(data: bytes) -> None:
    head = (
        b'--==b==\r\ncontent-type: application/json\r\n\r\n{"a": 1}\r\n--==b==\r\ncontent-type: */*\r\n\r\n'
    )
    body, found = split_multipart('multipart/related; boundary="==b=="', head + data + b"\r\n--==b==--")
    assert (body, found) == ({"a": 1}, data)


@pytest.mark.parametrize(
    ("kind", "data"), [("text/plain", b""), ("multipart/related; boundary=x", b"--x\r\n\r\n{}")]
)
def test_a_request_that_is_not_in_two_parts_is_refused(kind: str, data: bytes) -> None:
    with pytest.raises(BigQueryError, match="Multipart"):
        split_multipart(kind, data)


def test_a_resumable_upload_goes_on_where_it_was_cut(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path)
    session = uploads.begin({"configuration": {}})
    assert not uploads.receive(session, "bytes 0-3/*", b"abcd").complete
    assert uploads.receive(session, "bytes */*", b"").received == 4
    again = Uploads(tmp_path)  # as after a restart
    assert not again.receive(session, "bytes 2-5/8", b"cdef").complete
    with pytest.raises(BigQueryError, match="gap"):
        again.receive(session, "bytes 7-7/8", b"h")
    done = again.receive(session, "bytes 6-7/8", b"gh")
    assert (done.complete, done.path.read_bytes()) == (True, b"abcdefgh")
    again.finish(session)
    with pytest.raises(BigQueryError, match="Upload session"):
        again.receive(session, None, b"")


@pytest.mark.parametrize(
    ("size", "fingerprint"),
    [
        (0, -7286425919675154353),
        (3, -7736835464683084646),
        (8, -5955425696247891048),
        (16, 1080060857502750420),
        (17, -4920561954712641764),
        (32, 1917831512995979081),
        (33, -1696327906013916594),
        (64, -755192159902184373),
        (65, -4133415862504178242),
        (128, 2037963038260878803),
        (129, -3563574961234704322),
        (1000, -7216357357186199647),
    ],
)
def test_fingerprints_of_every_length_class(size: int, fingerprint: int) -> None:
    """The numbers were made with the reference implementation of FarmHash."""
    assert farm_fingerprint(bytes(index % 251 for index in range(size))) == fingerprint


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        ("1970-01-01 00:00:01.5+00", "1.500000"),
        ("1969-12-31 23:59:59.25+00", "-0.750000"),
        ("1969-12-31 00:00:00+00", "-86400.000000"),
        ("2024-01-31 12:00:00.000001+00", "1706702400.000001"),
    ],
)
def test_a_timestamp_in_seconds_has_six_places(database: Database, moment: str, text: str) -> None:
    field = Field("at", "TIMESTAMP")
    encoded = row_expression([field], TimestampFormat.SECONDS)
    with database.cursor() as cursor:
        row = cursor.execute(f"SELECT {encoded} FROM (SELECT TIMESTAMPTZ '{moment}' AS at) AS t").fetchone()
    assert row == ('{"f":[{"v":"' + text + '"}]}',)
