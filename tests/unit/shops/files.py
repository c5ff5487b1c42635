"""Shops' files as they are written."""

from common.shops.checking import check
from common.shops.shop import Shop

SOUND = """\
shop: Sample shop
etsy:
  shop_id: 5001
  shipping_profile_id: 8001
  sections:
    - {id: 7001, name: Mugs}
templates:
  - name: UVDTF 16oz
    template_title: Cup wrap
    description: A wrap.
    price: 4.00
    taxonomy_id: 1063
    shop_section_id: 7001
    tags: [uv dtf wrap, cup transfer]
    canvases:
      - name: UVDTF Decal
        width: 9.5
        height: 4.33
        dpi: 400
        sizes:
          - {name: Adult, width: 9.5, height: 4.33}
    mockups:
      - name: Kitchen
        starting_name: 250
        images:
          - file: table.jpg
            width: 400
            height: 300
            masks:
              - polygon: [[10, 10], [110, 10], [110, 60]]
                is_cropped: true
                alignment: left
              - polygon: [[200, 10], [300, 10], [300, 60]]
          - file: shelf.png
            width: 500
            height: 500
            watermark: mark.png
            masks:
              - polygon: [[0, 0], [500, 0], [500, 500], [0, 500]]
  - name: Digital
    template_title: Download
    description: A file.
    price: 2.50
    taxonomy_id: 20
    type: download
    family: dtf
"""


def shop_of(text: str) -> Shop:
    """The shop of a text that has no error."""
    checked = check(text)
    assert checked.errors == ()
    return checked.draft


def places_of(text: str) -> list[tuple[int, str, str, str]]:
    """(line, entry, field, reason) of each problem."""
    return [(each.line, each.entry, each.field, each.reason) for each in check(text).problems]
