"""The table `parts` of the dataset, column by column: what the source reads and the loader fills."""

from common.warehouse.port import Column


def _text(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, "STRING") for name in names)


PARTS_SCHEMA: tuple[Column, ...] = (
    Column("product_id", "STRING", "REQUIRED"),
    *_text("pn", "product_series", "manufacturer", "brand", "category", "title", "description"),
    *_text("datasheet_url", "lifecycle_status", "package_type"),
    Column("intro_date", "DATE"),
    *_text("country_of_origin", "primary_image_url"),
    Column("created", "TIMESTAMP"),
    Column("modified", "TIMESTAMP"),
    Column("active_for_use", "BOOL"),
    Column("manuf_standard_packaging", "INT64"),
    Column("specs", "RECORD", "REPEATED", _text("spec_name", "spec_value", "spec_units")),
    Column("images", "RECORD", "REPEATED", _text("image_id", "image_url")),
    Column(
        "sellers",
        "RECORD",
        "REPEATED",
        (
            *_text("name", "type", "sku"),
            Column("price", "NUMERIC"),
            *_text("currency"),
            Column("quantity_available", "INT64"),
        ),
    ),
    Column("docs", "RECORD", "REPEATED", _text("doc_url", "doc_desc", "doc_type")),
    Column("compliance", "RECORD", "REPEATED", _text("type", "value")),
    Column("extra", "RECORD", "REPEATED", _text("name", "value")),
    Column(
        "priority_score",
        "RECORD",
        fields=(
            *(Column(name, "FLOAT64") for name in ("base", "boosted", "score", "percentile")),
            Column("updated_at", "TIMESTAMP"),
            Column("has_score", "BOOL"),
            *_text("tier"),
        ),
    ),
)
