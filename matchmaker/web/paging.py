"""Pages of a list: numbers, and the address of each."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import request, url_for

from matchmaker.services.counting import MOST

PER_PAGE = 20
#: The largest number of a row; PostgreSQL's integer.
LARGEST = 2**31 - 1


def row_number(text: str) -> int:
    """A number that a database can hold, as the `type` of a parameter.

    Raises:
        ValueError: it is none; werkzeug then takes the default.
    """
    number = int(text)
    if not 0 <= number <= LARGEST:
        raise ValueError(text[:40])
    return number


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list, as the macro `pagination` shows it.

    Attributes:
        page: number of this page, from 1.
        total: rows in all.
        per_page: rows on a page.
        more: whether there are more than `total`, which nobody counted.
    """

    page: int
    total: int = 0
    per_page: int = PER_PAGE
    more: bool = False

    @classmethod
    def asked(cls, per_page: int = PER_PAGE) -> Page:
        """The page that the address asks for."""
        number = request.args.get("page", 1, type=int)
        return cls(min(max(number, 1), MOST // per_page), per_page=per_page)

    def of(self, total: int) -> Page:
        """The same page, now that it is known how many rows there are, as far as is counted."""
        return replace(self, total=min(total, MOST), more=total > MOST)

    @property
    def offset(self) -> int:
        """Rows before this page."""
        return (self.page - 1) * self.per_page

    @property
    def pages(self) -> int:
        """How many pages there are, at least 1."""
        return max(1, -(-self.total // self.per_page))

    def url_for(self, number: int) -> str:
        """The address of a page, with all other parameters as they are."""
        parameters = {**(request.view_args or {}), **request.args.to_dict(flat=False)}
        parameters["page"] = number
        return url_for(str(request.endpoint), **parameters)


def tally(number: int) -> str:
    """A count as a badge shows it: "10000+" where counting stopped there."""
    return f"{MOST}+" if number > MOST else str(number)
