"""docs/lineage.svg: groups as cards in bands from top to bottom, reads as curves behind them."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from customer360.documentation.lineage import BANDS, Group, Lineage

WIDTH = 1240
_MARGIN = 24
_GAP = 14
_CARD_PADDING = 10
_TITLE_HEIGHT = 26
_LINE_HEIGHT = 16
_BAND_TITLE = 34
_BAND_GAP = 56
_MEMBER_WIDTH = 180
_LETTER = 0.61  # width of a letter of a monospaced font, by its size
_FONT_SIZE = 11.5
_COLUMNS = {"source": 6, "identity": 1, "intermediate": 5, "core": 4, "marts": 5, "exposure": 7}
# Okabe and Ito's palette, which colour-blind readers tell apart; the last is grey.
_COLOURS = {
    "source": "#0072B2",
    "identity": "#D55E00",
    "intermediate": "#666666",
    "core": "#009E73",
    "marts": "#AA4499",
    "exposure": "#B8860B",
}


@dataclass(frozen=True)
class Card:
    """A group at its place; its members stand in `columns` columns."""

    group: Group
    x: float
    y: float
    width: float
    height: float
    columns: int


@dataclass(frozen=True)
class Band:
    """A layer's title at its height, with the cards below it."""

    name: str
    title: str
    purpose: str
    y: float
    cards: tuple[Card, ...]


def picture(lineage: Lineage) -> str:
    """Return the SVG."""
    bands, height = _layout(lineage)
    cards = [card for band in bands for card in band.cards]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" '
        f'width="{WIDTH}" height="{height:.0f}" role="img" '
        'aria-label="Lineage: source systems, identity, intermediate, facts, marts, dashboards">',
        f'<rect width="{WIDTH}" height="{height:.0f}" fill="#ffffff"/>',
        *(_arrow_head(band, colour) for band, colour in _COLOURS.items()),
        "<style>text{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"
        "'DejaVu Sans Mono',monospace}.t{font-weight:700;font-size:13px}"
        ".h{paint-order:stroke;stroke:#fff;stroke-width:6px}"
        ".b{font-weight:700;font-size:17px;font-family:system-ui,sans-serif}"
        ".n{font-style:italic;fill:#777}.p{font-size:13px;fill:#555;font-family:system-ui,sans-serif}</style>",
        *_curves(lineage, cards),
        *(line for band in bands for line in _draw_band(band)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _layout(lineage: Lineage) -> tuple[list[Band], float]:
    bands, y = [], float(_MARGIN)
    for name, title, purpose in BANDS:
        groups = [group for group in lineage.groups if group.band == name]
        if groups:
            cards = _pack(groups, min(_COLUMNS[name], len(groups)), y + _BAND_TITLE)
            bands.append(Band(name, title, purpose, y, cards))
            y = max(card.y + card.height for card in cards) + _BAND_GAP
    return bands, y - _BAND_GAP + _MARGIN


def _pack(groups: Sequence[Group], columns: int, top: float) -> tuple[Card, ...]:
    """Place the cards, tallest first, each in the column that is shortest so far."""
    width = (WIDTH - 2 * _MARGIN - (columns - 1) * _GAP) / columns
    ends = [top] * columns
    cards = []
    for group in groups:
        column = ends.index(min(ends))
        inner = max(1, int((width - 2 * _CARD_PADDING) // _MEMBER_WIDTH))
        rows = math.ceil(sum(map(bool, group.members)) / inner) + bool(group.note)
        height = _TITLE_HEIGHT + rows * _LINE_HEIGHT + (_CARD_PADDING if rows else 4)
        x = _MARGIN + column * (width + _GAP)
        cards.append(Card(group, x, ends[column], width, height, inner))
        ends[column] += height + _GAP
    return tuple(cards)


def _arrow_head(band: str, colour: str) -> str:
    return (
        f'<marker id="to-{band}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" '
        f'markerHeight="8" markerUnits="userSpaceOnUse" orient="auto">'
        f'<path d="M0 0L8 4L0 8z" fill="{colour}" fill-opacity="0.6"/></marker>'
    )


def _curves(lineage: Lineage, cards: Sequence[Card]) -> Iterator[str]:
    """Yield a curve from each card to each that reads it, the wider the more reads."""
    downwards = sorted(
        (pair, reads)
        for pair, reads in lineage.reads.items()
        if cards[pair[0]].y < cards[pair[1]].y
    )
    starts = _ports(cards, [pair for pair, _ in downwards])
    ends = _ports(cards, [(target, source) for (source, target), _ in downwards])
    for (source, target), reads in downwards:
        start, end = cards[source], cards[target]
        x1, y1 = starts[source, target], start.y + start.height
        x2, y2 = ends[target, source], end.y - 1
        bend = max(30.0, (y2 - y1) / 2)
        band = start.group.band
        yield (
            f'<path d="M{x1:.0f} {y1:.0f} C{x1:.0f} {y1 + bend:.0f} {x2:.0f} {y2 - bend:.0f} '
            f'{x2:.0f} {y2:.0f}" fill="none" stroke="{_COLOURS[band]}" stroke-opacity="0.4" '
            f'stroke-width="{1 + math.log2(reads) / 1.5:.1f}" marker-end="url(#to-{band})"/>'
        )


def _ports(cards: Sequence[Card], pairs: Sequence[tuple[int, int]]) -> dict[tuple[int, int], float]:
    """Spread the ends of curves over the width of each card, in the order of their other ends."""
    ports = {}
    for near in {near for near, _ in pairs}:
        card = cards[near]
        others = sorted((far for one, far in pairs if one == near), key=lambda far: cards[far].x)
        for position, far in enumerate(others, start=1):
            ports[near, far] = card.x + card.width * position / (len(others) + 1)
    return ports


def _draw_band(band: Band) -> Iterator[str]:
    colour = _COLOURS[band.name]
    members = [member for card in band.cards for member in card.group.members if member]
    count = len(members) or len(band.cards)
    purpose = " · ".join(filter(None, (str(count), band.purpose)))
    yield (
        f'<text class="h" x="{_MARGIN}" y="{band.y + 18:.0f}">'
        f'<tspan class="b" fill="{colour}">{band.title}</tspan>'
        f'<tspan class="p" dx="10">{escape(purpose)}</tspan></text>'
    )
    for card in band.cards:
        yield from _draw_card(card, colour)


def _draw_card(card: Card, colour: str) -> Iterator[str]:
    yield (
        f'<rect x="{card.x:.0f}" y="{card.y:.0f}" width="{card.width:.0f}" '
        f'height="{card.height:.0f}" rx="6" fill="#ffffff" fill-opacity="0.86" '
        f'stroke="{colour}" stroke-width="1.4"/>'
    )
    left, y = card.x + _CARD_PADDING, card.y + 18
    title = _fitted(card.group.title, card.width - 2 * _CARD_PADDING, 13)
    yield f'<text class="t" x="{left:.0f}" y="{y:.0f}" fill="{colour}" {title}</text>'
    members = [member for member in card.group.members if member]
    rows = math.ceil(len(members) / card.columns)
    column_width = (card.width - 2 * _CARD_PADDING) / card.columns
    for position, member in enumerate(members):
        x = left + (position // rows) * column_width
        text = _fitted(member, column_width, _FONT_SIZE)
        line_y = y + (position % rows + 1) * _LINE_HEIGHT + 2
        yield f'<text x="{x:.0f}" y="{line_y:.0f}" fill="#222222" {text}</text>'
    if card.group.note:
        note_y = y + (rows + 1) * _LINE_HEIGHT + 2
        note = _fitted(card.group.note, card.width - 2 * _CARD_PADDING, _FONT_SIZE)
        yield f'<text class="n" x="{left:.0f}" y="{note_y:.0f}" {note}</text>'


def _fitted(text: str, width: float, size: float) -> str:
    """Return the font size at which the text fits into the width, and the text."""
    fitting = min(size, width / (_LETTER * max(len(text), 1)))
    return f'style="font-size:{fitting:.1f}px">{escape(text)}'
