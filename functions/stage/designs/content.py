"""What of a picture is content: the part around which every pixel is fully transparent."""

from functions.hash.designs.orientation import Box
from functions.hash.designs.picture import Picture
from functions.hash.designs.representation import nothing_to_see


def content_box(picture: Picture) -> Box:
    """The box around all pixels whose alpha is above 0; of an opaque picture, all of it.

    It is wider than the box that hashes go by: what is too faint to be seen is still printed.
    Raises ImageRefused (fully_transparent).
    """
    width, height = picture.size
    if not picture.has_alpha:
        return 0, 0, width, height
    left, upper, right, lower, top = width, height, 0, 0, 0
    for strip in picture.strips():
        found = strip.getchannel("A").getbbox()
        if found is not None:
            left, right = min(left, found[0]), max(right, found[2])
            upper, lower = min(upper, top + found[1]), max(lower, top + found[3])
        top += strip.height
    if not right:
        raise nothing_to_see()
    return left, upper, right, lower
