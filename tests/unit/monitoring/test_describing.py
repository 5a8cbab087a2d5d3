"""Exceptions are told of by type, place and code, and never by what they say."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import pytest
import structlog

import matchmaker
from matchmaker.domain.errors import NotFoundError, UnavailableError
from matchmaker.monitoring.describing import described, trace_of
from tests.support.logs import written_log

SECRET = "wang@example.org"


def raised() -> BaseException:
    try:
        try:
            raise ValueError(SECRET)
        except ValueError as error:
            raise OSError(13, SECRET) from error
    except OSError as error:
        return error


def test_an_exception_is_named_with_its_code_and_its_causes() -> None:
    assert described(raised()) == "PermissionError [13] < ValueError"


def test_an_expected_error_is_named_with_its_word_and_not_with_its_values() -> None:
    assert described(NotFoundError("no_person", email=SECRET)) == "NotFoundError [no_person]"


def test_a_trace_leads_to_the_line_and_quotes_no_message() -> None:
    trace = trace_of(raised())
    assert "test_describing.py" in trace
    assert "raise ValueError(SECRET)" in trace
    assert trace.index("ValueError") < trace.index("PermissionError [13]")
    assert SECRET not in trace


def test_whoever_asks_for_the_words_gets_them() -> None:
    assert SECRET in described(raised(), with_text=True)
    assert SECRET in trace_of(raised(), with_text=True)


def test_an_error_without_a_cause_that_is_meant_ends_the_chain() -> None:
    def raises() -> None:
        try:
            raise KeyError(SECRET)
        except KeyError:
            raise UnavailableError("database_away") from None

    with pytest.raises(UnavailableError) as caught:
        raises()
    assert described(caught.value) == "UnavailableError [database_away]"


def test_a_librarys_line_keeps_its_numbers_and_loses_its_words(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with written_log(capsys) as log:
        try:
            raise ValueError(SECRET)
        except ValueError as error:
            logging.getLogger("library").error(
                "Letter %d to %s: %s", 7, SECRET, error, exc_info=True
            )
    [line] = log.lines()
    assert line["event"] == "Letter 7 to …: ValueError"
    assert line["level"] == "error"
    assert "test_describing.py" in line["exception"]
    assert SECRET not in log.text


def test_libraries_are_not_heard_below_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    with written_log(capsys, "DEBUG") as log:
        logging.getLogger("sqlalchemy.engine").info("SELECT %s", SECRET)
        structlog.get_logger("ours").debug("heard")
    assert [line["event"] for line in log.lines()] == ["heard"]


def test_with_text_a_developer_reads_everything(capsys: pytest.CaptureFixture[str]) -> None:
    with written_log(capsys, as_json=False, with_text=True) as log:
        logging.getLogger("library").warning("to %s", SECRET)
        structlog.get_logger("ours").error("failed", error=raised())
    assert log.read().count(SECRET) == 3


def test_no_line_of_ours_makes_text_of_an_error_itself() -> None:
    root = Path(matchmaker.__file__).parents[1]
    texts = {
        path: path.read_text("utf-8")
        for folder in ("matchmaker", "workers", "search_index")
        for path in (root / folder).rglob("*.py")
    }
    calls = re.compile(r"\blog\.\w+\((?:[^()]|\([^()]*\))*\)")
    worded = re.compile(
        r"str\(\w*(?:error|exc)\w*\)|repr\(|\{\w*error\w*[}:!]|request\.(?:path|url)"
    )
    found = [
        path.name
        for path, text in texts.items()
        for call in calls.findall(text)
        if worded.search(call)
    ]
    assert sum(len(calls.findall(text)) for text in texts.values()) > 20
    assert found == []
