"""Settings of the designs flow."""

from common.settings.setting import SettingsGroup, choice, fraction, number, whole

DUPLICATE_PRESETS = ("standard", "strict", "seed", "small")
FROM_PRESET = -1
"""Of duplicate_hamming_threshold: what the preset says."""


class DesignSettings(SettingsGroup):
    """How uploaded pictures are read, and when two of them are copies."""

    design_max_megapixels = number(
        100, 1, 500, "megapixels", "A picture of more pixels is refused before it is decoded."
    )
    design_decode_mib = whole(
        320,
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
