"""Settings of the designs flow."""

from typing import Self

from common.settings.setting import SettingsGroup, choice, flag, fraction, number, whole

DUPLICATE_PRESETS = ("standard", "strict", "seed", "small")
FROM_PRESET = -1
"""Of duplicate_hamming_threshold: what the preset says."""


class UploadSettings(SettingsGroup):
    """What may be uploaded, and how an upload is spread over instances."""

    upload_file_mib = whole(50, 1, 1024, "MiB", "A larger file is refused before it is uploaded.")
    upload_request_mib = whole(
        100, 1, 256, "MiB", "Files of one POST /designs/ together; more go by signed URLs."
    )
    upload_session_files = whole(10_000, 1, 100_000, "files", "Files of one upload.")
    upload_abandoned_minutes = whole(
        60, 5, 10_080, "minutes", "An upload that is not ended by then is closed by sweep."
    )
    use_comprehensive_workflow = flag(
        True, "Spread an upload over instances; off: all of it is one piece, done at once.", bare=True
    )
    comprehensive_workflow_min_files = whole(
        2, 1, 10_000, "files", "An upload of fewer files is one piece, done at once.", bare=True
    )
    comprehensive_workflow_max_threads = whole(
        4, 1, 32, "threads", "Pictures of one piece that an instance works on at the same time.", bare=True
    )
    upload_piece_mib = whole(100, 1, 10_240, "MiB", "About so much of an upload is one piece.")
    upload_piece_files = whole(100, 1, 1000, "files", "The most files of one piece.")


class RenderSettings(SettingsGroup):
    """What rendering a design may take (mock-ups need the least of it), and how its mock-ups are marked."""

    design_render_mib = whole(
        56,
        56,
        65_536,
        "MiB",
        "Memory that rendered pictures may take in one process; one that needs more is refused.",
    )
    mockup_watermark_opacity = fraction(
        0.45, "How strongly a watermark covers a mock-up: 0 not at all, 1 wholly."
    )


class DesignSettings(UploadSettings, RenderSettings):
    """How uploaded pictures are read, and when two of them are copies."""

    @classmethod
    def of(cls, settings: SettingsGroup) -> Self:
        """Those of a run of the flow."""
        return cls(settings.values)

    design_max_megapixels = number(
        100, 1, 500, "megapixels", "A picture of more pixels is refused before it is decoded."
    )
    design_decode_mib = whole(
        264,
        16,
        65_536,
        "MiB",
        "Memory that decoding may take in one process; a picture that needs more is refused.",
    )
    design_smallest_side = whole(10, 1, 10_000, "pixels", "A design with a shorter side is not rendered.")
    design_largest_side = whole(10_000, 10, 65_535, "pixels", "A design with a longer side is not rendered.")
    design_flat_deviation = number(
        4, 0, 64, "grey levels", "A design whose luminance varies less (standard deviation) is flat."
    )
    design_flat_weak_share = fraction(
        0.95, "A design of whose hash more bits than this share hang on a single grey level is flat."
    )
    design_duplicate_preset = choice(
        "standard", DUPLICATE_PRESETS, "How near copies are told; shelfline calibrate measures each."
    )
    duplicate_hamming_threshold = whole(
        FROM_PRESET,
        FROM_PRESET,
        127,
        "bits",
        "So many bits of a hash may differ between near copies; -1 is what the preset says.",
        bare=True,
    )
    etsy_listings_at_once = whole(4, 1, 8, "chunks", "Listings of a shop that are written at the same time.")
    etsy_settle_seconds = number(
        30, 0, 3600, "seconds", "How long a write may take to show up in Etsy's list of drafts."
    )
    etsy_per_second = whole(
        5, 1, 10_000, "calls", "Calls to Etsy's API in one second, as the application's page says."
    )
    etsy_per_day = whole(
        5_000, 1, 10_000_000, "calls", "Calls to Etsy's API in 24 hours, as the application's page says."
    )
    design_near_most = whole(
        100, 1, 1000, "designs", "So many near copies of a design are shown, the nearest."
    )
    design_match_variants = flag(
        False, "Take mirrored and turned pictures for copies too; off: they are designs of their own."
    )
