"""The things that the APIs of these tests have, and how a feed asks for them."""

from tests.integration.extracting.api_server import Record

BY_PAGE = "{kind: rest, connection: source, path: /by_page, watermark: updated_at}"
BY_CURSOR = (
    "{kind: rest, connection: source, path: by_cursor, paging: cursor, records: result.items, "
    "next: meta.next, watermark: updated_at}"
)
BY_LINK = "{kind: rest, connection: source, path: by_link, paging: link, watermark: updated_at}"


def record(number: int, day: int = 1, name: str = "x") -> Record:
    return {"id": number, "name": f"{name}{number}", "updated_at": f"2025-01-{day:02d}T00:00:00Z"}


def records(count: int) -> list[Record]:
    return [record(number, day=number) for number in range(1, count + 1)]


def expected(rows: list[Record]) -> dict[str, str]:
    return {str(row["id"]): row["name"] for row in rows}
