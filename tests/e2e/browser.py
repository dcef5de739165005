"""Superset as a person meets it: Chromium logs in, opens dashboards and reads what charts show."""

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from urllib.parse import unquote

from playwright.sync_api import (
    APIResponse,
    Browser,
    FloatRect,
    Locator,
    Page,
    Request,
    Response,
    ViewportSize,
    sync_playwright,
)

PATIENCE = 120_000  # milliseconds; a slow machine is no defect
# Charts below the fold wait until they are scrolled to: the window is higher than any dashboard.
WINDOW: ViewportSize = {"width": 1600, "height": 3200}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
CHART = "[data-test-chart-name]"
# Every chart shows its picture, its table or an error, and none of them turns.
SETTLED = """
    count => {
        const charts = [...document.querySelectorAll('[data-test-chart-name]')];
        const isDone = chart => chart.querySelector('[data-test=slice-container], [role=alert]');
        return charts.length === count && charts.every(isDone)
            && !document.querySelector('[data-test=loading-indicator]');
    }
"""
LOWEST = """
    chart => Math.max(
        ...[...document.querySelectorAll(chart)].map(box => box.getBoundingClientRect().bottom)
    )
"""
ANIMATION = 2_000  # milliseconds until bars have grown to their length
MARGIN = 24
_SLICE = re.compile(r'/api/v1/chart/data.*"slice_id":\s*(\d+)')
_NUMBER = re.compile(r"([-\u2212]?)€? ?([\d,]+(?:\.(\d+))?)([kMG%]?)")
_UNITS = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9, "%": Decimal("0.01")}


def shows(text: str, value: Decimal) -> bool:
    """Tell whether a text is a number rounded to as many digits as the text has."""
    match = _NUMBER.fullmatch(text.strip())
    if match is None:
        return False
    sign, digits, decimals, unit = match.groups()
    shown = Decimal(digits.replace(",", "")) * _UNITS[unit] * (-1 if sign else 1)
    last_digit = Decimal(_UNITS[unit]) / 10 ** len(decimals or "")
    return abs(shown - value) <= last_digit / 2


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium of the system."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        yield browser
        browser.close()


class Visitor:
    """Somebody with a browser in front of Superset; answers to charts' requests are kept."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.address = address
        self.page: Page = browser.new_context(viewport=WINDOW).new_page()
        self.page.set_default_timeout(PATIENCE)
        self._answers: dict[int, Response] = {}
        self.page.on("response", self._keep)
        # What Superset's own policy for browsers does not stop, reached or not.
        self.fetched_elsewhere: list[str] = []
        self.page.on("requestfinished", self._look_where)
        self.page.on("requestfailed", self._look_where)

    def _look_where(self, request: Request) -> None:
        is_ours = request.url.startswith((self.address, "data:", "blob:"))
        if not is_ours and request.failure != "csp":
            self.fetched_elsewhere.append(request.url)

    def _keep(self, response: Response) -> None:
        if match := _SLICE.search(unquote(response.url)):
            self._answers[int(match[1])] = response

    def log_in(self, user: str, password: str) -> None:
        """Log in by the form."""
        self.page.goto(f"{self.address}/login/")
        self.page.fill("#username", user)
        self.page.fill("#password", password)
        self.page.click("button[type=submit]")
        self.page.wait_for_url("**/superset/welcome/**")

    def ask(
        self, method: str, resource: str, content: dict[str, object] | None = None
    ) -> APIResponse:
        """Ask the REST API with this login; return the answer whatever its status."""
        request = self.page.request
        token = request.get(f"{self.address}/api/v1/security/csrf_token/").json()["result"]
        return request.fetch(
            f"{self.address}/api/v1/{resource}",
            method=method,
            headers={"X-CSRFToken": token, "Referer": self.address},
            data=content or None,
        )

    def open(self, slug: str, charts: int) -> None:
        """Open a dashboard of so many charts and wait for all of them."""
        self._answers.clear()
        self.page.goto(f"{self.address}/superset/dashboard/{slug}/")
        self.settle(charts)

    def settle(self, charts: int) -> None:
        """Wait until so many charts have come, each with its data or with an error."""
        self.page.wait_for_function(SETTLED, arg=charts)

    def choose(self, filter_id: str, option: str, charts: int) -> None:
        """Choose an option of a filter, apply it, and wait for all charts."""
        self.page.click(f'[data-test="{filter_id}"]')
        self.page.fill(f"#{filter_id}", option)
        self.page.locator(".ant-select-item-option").get_by_text(option, exact=True).click()
        self.page.keyboard.press("Escape")
        self._answers.clear()
        with self.page.expect_response(lambda answer: bool(_SLICE.search(unquote(answer.url)))):
            self.page.click('[data-test="filter-bar__apply-button"]')
        self.settle(charts)

    def chart(self, name: str) -> Locator:
        """Return the chart of that title."""
        return self.page.locator(f'[data-test-chart-name="{name}"]')

    def big_number(self, chart: str) -> str:
        """Return the number of a chart that shows one."""
        return self.chart(chart).locator(".header-line").inner_text()

    def rows(self, chart: str) -> list[list[str]]:
        """Return the rows of the first page of a table, as texts."""
        rows = self.chart(chart).locator("tbody tr").all()
        return [[cell.strip() for cell in row.locator("td").all_inner_texts()] for row in rows]

    def picture(self) -> bytes:
        """Return the page down to its lowest chart as PNG."""
        self.page.wait_for_timeout(ANIMATION)
        bottom = self.page.evaluate(LOWEST, CHART)
        clip: FloatRect = {"x": 0, "y": 0, "width": WINDOW["width"], "height": bottom + MARGIN}
        return self.page.screenshot(clip=clip)

    def milliseconds(self) -> dict[str, float]:
        """Return by title how long after the question a chart's answer was there."""
        charts = self.page.locator(CHART).all()
        ids = {int(str(one.get_attribute("data-test-chart-id"))): one for one in charts}
        return {
            str(ids[key].get_attribute("data-test-chart-name")): answer.request.timing[
                "responseEnd"
            ]
            for key, answer in self._answers.items()
            if key in ids
        }

    def troubles(self) -> dict[str, str]:
        """Return by title what is wrong with charts: an error, no answer, or not a single row."""
        found = {}
        for chart in self.page.locator(CHART).all():
            name = str(chart.get_attribute("data-test-chart-name"))
            if trouble := self._trouble(chart):
                found[name] = trouble
        return found

    def _trouble(self, chart: Locator) -> str | None:
        answer = self._answers.get(int(str(chart.get_attribute("data-test-chart-id"))))
        if answer is None:
            return "was not asked for"
        if answer.status != 200:
            return f"{answer.status}: {answer.text()}"
        (result, *_) = json.loads(answer.body())["result"]
        if result.get("error") or not result["rowcount"]:
            return str(result.get("error") or "has no rows")
        if chart.locator("[data-test=slice-container]").count() == 0:
            return f"shows an error: {chart.inner_text()}"
        return None
