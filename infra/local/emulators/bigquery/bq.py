"""A small `bq` for the local BigQuery, on the real client library; its flags are those of the real command.

python -m infra.local.emulators.bigquery.bq --api http://127.0.0.1:9050 query 'SELECT 1 AS n'
... ls | ls DATASET | show DATASET.TABLE | show -j JOB | head -n 5 DATASET.TABLE
... load --autodetect --source_format=NEWLINE_DELIMITED_JSON DATASET.TABLE FILE_OR_URI [SCHEMA]
"""

import argparse
import csv
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from google.api_core.client_options import ClientOptions
from google.api_core.exceptions import GoogleAPICallError
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery
from rich.box import ASCII2
from rich.console import Console
from rich.table import Table as Drawing

_FORMATS = ("pretty", "json", "prettyjson", "csv")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    options = _parser().parse_args(arguments)
    client = bigquery.Client(
        project=options.project_id,
        credentials=AnonymousCredentials(),
        client_options=ClientOptions(api_endpoint=options.api),
    )
    try:
        options.run(client, options)
    except (GoogleAPICallError, ValueError, OSError) as problem:
        print(f"BigQuery error in {options.command} operation: {problem}", file=sys.stderr)
        return 1
    finally:
        client.close()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bq", description="Talk to the local BigQuery.")
    parser.add_argument("--api", default="http://127.0.0.1:9050", help="address of the emulator")
    parser.add_argument("--project_id", default="shelfline-local")
    parser.add_argument("--format", choices=_FORMATS, default="pretty")
    commands = parser.add_subparsers(dest="command", required=True)
    _query_options(_command(commands, "query", _query))
    _command(commands, "ls", _ls).add_argument("dataset", nargs="?")
    show = _command(commands, "show", _show)
    show.add_argument("-j", "--job", action="store_true")
    show.add_argument("--schema", action="store_true")
    show.add_argument("name")
    head = _command(commands, "head", _head)
    head.add_argument("-n", "--max_rows", type=int, default=100)
    head.add_argument("-s", "--start_row", type=int, default=0)
    head.add_argument("table")
    _load_options(_command(commands, "load", _load))
    return parser


def _command(commands: Any, name: str, run: Callable[..., None]) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(name)
    command.set_defaults(run=run)
    return command


def _query_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--use_legacy_sql", choices=("false",), help="only standard SQL is served")
    command.add_argument("--nouse_legacy_sql", action="store_true", help="the default here")
    command.add_argument("--parameter", action="append", default=[], metavar="NAME:TYPE:VALUE")
    command.add_argument("--dry_run", action="store_true")
    command.add_argument("--destination_table")
    command.add_argument("--replace", action="store_true")
    command.add_argument("--job_id")
    command.add_argument("-n", "--max_rows", type=int, default=100)
    command.add_argument("sql", nargs="+")


def _load_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--source_format", choices=("CSV", "NEWLINE_DELIMITED_JSON"), default="CSV")
    command.add_argument("--skip_leading_rows", type=int, default=0)
    command.add_argument("--field_delimiter")
    command.add_argument("--max_bad_records", type=int, default=0)
    command.add_argument("--autodetect", action="store_true")
    command.add_argument("--replace", action="store_true")
    command.add_argument("--job_id")
    command.add_argument("table")
    command.add_argument("source", help="a file, or gs:// addresses with commas between")
    command.add_argument("schema", nargs="?", help="name:type,... or a JSON file")


def _query(client: bigquery.Client, options: argparse.Namespace) -> None:
    config = bigquery.QueryJobConfig(dry_run=options.dry_run, query_parameters=_parameters(options.parameter))
    if options.destination_table:
        config.destination = _full(client, options.destination_table)
        config.write_disposition = "WRITE_TRUNCATE" if options.replace else "WRITE_EMPTY"
    job = _start(client, " ".join(options.sql), options.job_id, config)
    if options.dry_run:
        print(f"Query successfully validated. It will process {job.total_bytes_processed} bytes of data.")
        return
    rows = job.result(max_results=options.max_rows)
    if job.num_dml_affected_rows is not None:
        print(f"Number of affected rows: {job.num_dml_affected_rows}")
    if rows.schema:
        _print(options.format, [field.name for field in rows.schema], (tuple(row) for row in rows))


def _start(
    client: bigquery.Client, sql: str, job_id: str | None, config: bigquery.QueryJobConfig
) -> bigquery.QueryJob:
    """A job with an id of its own must not be sent again by the library under that id."""
    if job_id is None:
        return client.query(sql, job_config=config)
    return client.query(sql, job_id=job_id, job_config=config, job_retry=None)


def _parameters(texts: Iterable[str]) -> list[bigquery.ScalarQueryParameter]:
    parameters = []
    for text in texts:
        name, kind, value = text.split(":", 2)
        parameters.append(bigquery.ScalarQueryParameter(name or None, kind or "STRING", value))
    return parameters


def _ls(client: bigquery.Client, options: argparse.Namespace) -> None:
    if options.dataset:
        tables = client.list_tables(_full(client, options.dataset))
        _print(options.format, ["tableId", "Type"], ((table.table_id, table.table_type) for table in tables))
    else:
        _print(options.format, ["datasetId"], ((item.dataset_id,) for item in client.list_datasets()))


def _show(client: bigquery.Client, options: argparse.Namespace) -> None:
    if options.job:
        job = client.get_job(options.name)
        status = {"state": job.state, "errorResult": job.error_result, "errors": job.errors}
        shown = {**job.to_api_repr(), "status": {key: value for key, value in status.items() if value}}
    elif "." not in options.name:
        shown = client.get_dataset(_full(client, options.name)).to_api_repr()
    else:
        shown = client.get_table(_full(client, options.name)).to_api_repr()
        shown = shown["schema"]["fields"] if options.schema else shown
    print(json.dumps(shown, indent=2))


def _head(client: bigquery.Client, options: argparse.Namespace) -> None:
    table = client.get_table(_full(client, options.table))
    rows = client.list_rows(table, start_index=options.start_row, max_results=options.max_rows)
    _print(options.format, [field.name for field in table.schema], (tuple(row) for row in rows))


def _load(client: bigquery.Client, options: argparse.Namespace) -> None:
    config = bigquery.LoadJobConfig(source_format=options.source_format, autodetect=options.autodetect)
    config.max_bad_records = options.max_bad_records
    config.write_disposition = "WRITE_TRUNCATE" if options.replace else "WRITE_APPEND"
    if options.source_format == "CSV":
        config.skip_leading_rows = options.skip_leading_rows
        if options.field_delimiter:
            config.field_delimiter = options.field_delimiter
    if options.schema:
        config.schema = _schema(client, options.schema)
    target, named = _full(client, options.table), {"job_id": options.job_id, "job_config": config}
    if options.source.startswith("gs://"):
        job = client.load_table_from_uri(options.source.split(","), target, **named)
    else:
        with Path(options.source).open("rb") as file:
            job = client.load_table_from_file(file, target, **named)
    try:
        job.result()
    finally:
        for error in job.errors or []:
            print(error["message"], file=sys.stderr)
    print(f"{job.output_rows} rows loaded into {target}")


def _schema(client: bigquery.Client, text: str) -> list[bigquery.SchemaField]:
    if Path(text).exists():
        return list(client.schema_from_json(text))
    columns = (column.partition(":") for column in text.split(","))
    return [bigquery.SchemaField(name.strip(), kind.strip() or "STRING") for name, _, kind in columns]


def _full(client: bigquery.Client, name: str) -> str:
    """The name with its project; `project:dataset.table` is understood too."""
    name = name.replace(":", ".")
    return name if name.split(".")[0] == client.project else f"{client.project}.{name}"


def _print(style: str, columns: list[str], rows: Iterable[tuple[Any, ...]]) -> None:
    if style in ("json", "prettyjson"):
        found = [dict(zip(columns, row, strict=True)) for row in rows]
        print(json.dumps(found, indent=2 if style == "prettyjson" else None, default=str))
    elif style == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
    else:
        drawing = Drawing(*columns, box=ASCII2)
        for row in rows:
            drawing.add_row(*("NULL" if cell is None else str(cell) for cell in row))
        Console(width=200 if not sys.stdout.isatty() else None).print(drawing)


if __name__ == "__main__":
    sys.exit(main())
