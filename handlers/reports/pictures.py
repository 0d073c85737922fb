"""A report's pictures, as PNG: a card with a ground of its own, so that they read on light and on dark alike.

720 pixels wide: a phone's 360 points at its two pixels each. No names are drawn, for the letters are those Pillow
brings with it; the names stand in the words above.
"""

from io import BytesIO
from typing import TYPE_CHECKING

from handlers.reports.series import Bar, Series

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

WIDTH, HEIGHT = 720, 400  # pixels
FINER = 2  # drawn so much larger and then reduced: round corners, clean edges
MARGIN, RADIUS, TITLE = 32, 24, 28
FOOT = 84  # pixels below the bars, for two lines of label
HEAD = 120  # pixels above the highest bar: the title, and its figure
GAP = 0.3  # of a bar's place

# On this ground the paler bar has a contrast of 3.1, the other of 6.4 and the letters of 12 (WCAG asks 3 and 4.5).
GROUND, INK, FAINT = "#22303a", "#f2f5f4", "#b9c4c9"
NOW, BEFORE = "#57c4b3", "#71858f"


def draw(series: Series) -> bytes:
    """The picture of a series as PNG."""
    from PIL import Image, ImageDraw  # noqa: PLC0415 - a tenth of a second that most starts need not spend

    large = Image.new("RGBA", (WIDTH * FINER, HEIGHT * FINER), (0, 0, 0, 0))
    pen = ImageDraw.Draw(large)
    pen.rounded_rectangle((0, 0, WIDTH * FINER - 1, HEIGHT * FINER - 1), RADIUS * FINER, fill=GROUND)
    _write(pen, series.title, MARGIN, MARGIN + TITLE / 2, TITLE, INK, anchor="lm")
    place = (WIDTH - 2 * MARGIN) / len(series.bars)
    for number, bar in enumerate(series.bars):
        _bar(pen, bar, MARGIN + number * place, place, series.top)
    base = HEIGHT - FOOT
    pen.line([_point(MARGIN, base), _point(WIDTH - MARGIN, base)], fill=FAINT, width=FINER * 2)
    png = BytesIO()
    large.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS).save(png, "PNG")
    return png.getvalue()


def _bar(pen: "ImageDraw", bar: Bar, left: float, place: float, top: float) -> None:
    base, middle = HEIGHT - FOOT, left + place / 2
    size = 24 if place > 60 else 20
    if bar.height is not None:
        height = (base - HEAD) * bar.height / top
        inset = place * GAP / 2
        box = [*_point(left + inset, base - height), *_point(left + place - inset, base)]
        pen.rectangle(box, fill=BEFORE if bar.is_before else NOW)
        _write(pen, bar.said, middle, base - height - size * 0.8, size, INK)
    for row, words in enumerate(bar.label.split("\n")):
        _write(pen, words, middle, base + 24 + row * 28, size, FAINT)


def _write(pen: "ImageDraw", words: str, x: float, y: float, size: int, ink: str, *, anchor: str = "mm") -> None:
    from PIL import ImageFont  # noqa: PLC0415 - as above

    pen.text(_point(x, y), words, fill=ink, font=ImageFont.load_default(size * FINER), anchor=anchor)


def _point(x: float, y: float) -> tuple[float, float]:
    return x * FINER, y * FINER
