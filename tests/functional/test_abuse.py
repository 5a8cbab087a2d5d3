"""What somebody may send who means harm, or nothing at all by it: text, files, addresses, forms."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from matchmaker.bootstrap import Container
from matchmaker.domain.kinds import EntryKind
from matchmaker.models import Entry, Match, Verdict
from tests.conftest import SignIn
from tests.support.forms import edit_form
from tests.support.scene import PDF, PNG
from tests.support.world import World

HOSTILE = "<script>alert(1)</script>{{7*7}}{% if 1 %}<img src=x onerror=alert(1)>${7*7}"
MEGABYTE = 1024 * 1024


@pytest.fixture
def draft(world: World) -> Entry:
    """A draft of the firm."""
    return world.draft("firm", EntryKind.DEMAND)


@pytest.fixture
def firm(client: FlaskClient, sign_in: SignIn) -> FlaskClient:
    """The browser of the firm's member."""
    sign_in(client, "firm")
    return client


def attach(client: FlaskClient, entry: Entry, content: bytes, name: str) -> str:
    """Attach a file and return what the page then says."""
    address = f"/workspace/entries/{entry.code}/files"
    sent = {"file": (io.BytesIO(content), name)}
    answer = client.post(address, data=sent, follow_redirects=True)
    assert answer.status_code == 200
    notes = BeautifulSoup(answer.text, "html.parser").select('[role="status"], [role="alert"]')
    return " ".join(note.get_text(" ", strip=True) for note in notes)


def send_large(client: FlaskClient, entry: Entry, megabytes: int) -> TestResponse:
    """Attach a file of this size."""
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="big.pdf"\r\n\r\n'
    body = head + PDF + b"\0" * (megabytes * MEGABYTE) + b"\r\n--x--\r\n"
    kind = "multipart/form-data; boundary=x"
    return client.post(f"/workspace/entries/{entry.code}/files", data=body, content_type=kind)


def files_of(world: World, entry: Entry) -> list[str]:
    """The names of an entry's files."""
    return [file.filename for file in world.container.reading.attachments(entry.id)]


def stored(container: Container) -> list[Path]:
    """All files on the disk."""
    return [path for path in container.settings.files_dir.rglob("*") if path.is_file()]


def archive(*names: str) -> bytes:
    """A zip that holds files of these names."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as bundle:
        for name in names:
            bundle.writestr(name, "x")
    return buffer.getvalue()


# Files


def test_a_file_of_fifty_megabytes_is_refused_before_it_is_read(
    firm: FlaskClient, world: World, draft: Entry
) -> None:
    answer = send_large(firm, draft, 50)
    assert answer.status_code == 413
    page = BeautifulSoup(answer.text, "html.parser")
    assert [heading.get_text() for heading in page.select("h1")]
    assert page.select("main a[href]")
    assert (files_of(world, draft), stored(world.container)) == ([], [])


def test_a_file_above_the_limit_is_refused_with_the_limit(
    firm: FlaskClient, world: World, draft: Entry
) -> None:
    assert send_large(firm, draft, 21).status_code == 303
    assert "20 MB" in firm.get(f"/workspace/entries/{draft.code}").text
    assert (files_of(world, draft), stored(world.container)) == ([], [])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.pdf", b"<!doctype html><html><script>alert(1)</script></html>"),
        ("page.html", b"<!doctype html><html></html>"),
        ("picture.png", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
        ("picture.svg", b'<svg xmlns="http://www.w3.org/2000/svg"/>'),
        ("picture.png", PDF),
        ("paper.pdf", PNG),
        ("paper.pdf", b"MZ" + b"\0" * 200),
        ("paper.pdf", b""),
        ("paper.docx", PDF),
        ("paper.docx", archive("hello.txt")),
        ("paper.docx", archive("xl/workbook.xml")),
        ("paper.docx", archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin")),
        ("sheet.xlsx", archive("[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin")),
        ("paper.docm", archive("word/document.xml", "word/vbaProject.bin")),
        ("bundle.zip", archive("hello.txt")),
        ("paper.doc", PDF),
        ("noending", PDF),
        (".pdf", PDF),
        ("paper.pdf.exe", PDF),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused(
    firm: FlaskClient, world: World, draft: Entry, name: str, content: bytes
) -> None:
    assert name in attach(firm, draft, content, name)
    assert (files_of(world, draft), stored(world.container)) == ([], [])


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../../etc/passwd.pdf", "passwd.pdf"),
        ("..\\..\\windows\\a.pdf", "a.pdf"),
        ("a\x00b\x07\x1b[31m.pdf", "ab[31m.pdf"),
        ('a"; filename="evil.html.pdf', 'a"; filename="evil.html.pdf'),
        ("报告\u202efdp.pdf", "报告fdp.pdf"),
        ("长" * 300 + ".pdf", "长" * 196 + ".pdf"),
    ],
)
def test_a_name_that_leads_elsewhere_is_only_a_name(
    firm: FlaskClient, world: World, draft: Entry, name: str, kept: str
) -> None:
    file = world.container.attachments.add(world.actor("firm"), draft.code, name, io.BytesIO(PDF))
    assert file.filename == kept
    assert len(stored(world.container)) == 1
    with firm.get(f"/entries/{draft.code}/files/{file.id}") as answer:
        assert answer.data == PDF
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert "\n" not in answer.headers["Content-Disposition"]


def test_a_file_sent_with_a_path_over_http_stays_in_its_folder(
    firm: FlaskClient, world: World, draft: Entry
) -> None:
    attach(firm, draft, PDF, "../../../../tmp/evil.pdf")
    assert files_of(world, draft) == ["evil.pdf"]
    [path] = stored(world.container)
    assert path.resolve().is_relative_to(world.container.settings.files_dir.resolve())


# Addresses


@pytest.mark.parametrize(
    "address",
    [
        "/search?q=" + "矿" * 30_000,
        "/search?q=" + "a " * 20_000,
        "/search?" + "field=water&" * 5000,
        "/search?page=-1",
        "/search?page=1000000000",
        "/search?page=abc",
        "/search?page=" + "9" * 5000,
        "/search?kind=nonsense&field=nonsense&sort=nonsense&stage=nonsense",
        "/search?q=%00",
        "/search?q=%ff%fe%fd",
        "/search?q=%ed%a0%80",
        "/search?q=%F0%9F%92%A7",
        "/search?q=*&sort=relevance",
        '/search?q="(((:OR AND NOT field:*~^\\',
        "/search?q=' OR 1=1 --",
        "/organisations?page=999999999999&kind=nonsense",
        "/en/search?q=" + "%25" * 500,
    ],
    ids=lambda address: address[:40],
)
def test_an_odd_question_is_answered(client: FlaskClient, address: str) -> None:
    answer = client.get(address, follow_redirects=True)
    assert answer.status_code == 200
    assert len(answer.text) < 400_000


@pytest.mark.parametrize("prefix", ["", "/en"], ids=["zh", "en"])
@pytest.mark.parametrize(
    "address",
    [
        "/nothing-here",
        "/entries/%00",
        "/entries/%ff",
        "/entries/XQ-2026-" + "9" * 5000,
        "/entries/XQ-2026-000001/files/" + "9" * 30,
        "/organisations/" + "9" * 30,
        "/organisations/0",
        "/static/../../config.py",
        "/static/%2e%2e/%2e%2e/config.py",
        "/%2e%2e/%2e%2e/etc/passwd",
    ],
    ids=lambda address: address[:40],
)
def test_an_address_that_leads_nowhere_says_so(
    client: FlaskClient, address: str, prefix: str
) -> None:
    answer = client.get(prefix + address)
    assert answer.status_code == 404
    page = BeautifulSoup(answer.text, "html.parser")
    assert page.html is not None
    assert page.html["lang"] == ("en" if prefix else "zh-CN")
    assert page.select("main form[role=search]")


@pytest.mark.parametrize(
    ("who", "address"),
    [
        ("firm", "/workspace?page=-1&kind=nonsense&state=nonsense"),
        ("firm", "/workspace/matches?page=99999999999999999999"),
        ("firm", "/account/notifications?page=abc"),
        ("broker", "/desk?older=999999999999&field=nonsense&region=%00&level=nonsense&page=-7"),
        ("broker", "/desk?view=nonsense&order=nonsense&page=1000000000"),
        ("broker", "/desk/screening?page=1000000000"),
        ("broker", "/desk/introductions?state=nonsense"),
        ("admin", "/admin/organisations?status=nonsense&page=-1"),
        ("admin", "/admin/jobs?state=nonsense&page=1000000000"),
        ("admin", "/admin/audit?person=" + "9" * 30),
        ("admin", "/admin/audit?code=%00&action=nonsense&page=1000000000"),
    ],
    ids=lambda text: text[:40],
)
def test_an_odd_list_is_shown(
    client: FlaskClient, sign_in: SignIn, world: World, who: str, address: str
) -> None:
    sign_in(client, who)
    assert client.get(address, follow_redirects=True).status_code == 200


@pytest.mark.parametrize(
    ("who", "address"),
    [
        ("broker", "/desk/matches/" + "9" * 30),
        ("broker", "/desk/screening/%00"),
        ("firm", "/workspace/introductions/" + "9" * 30),
        ("firm", "/workspace/entries/%ff"),
    ],
)
def test_a_number_no_database_holds_is_not_found(
    client: FlaskClient, sign_in: SignIn, who: str, address: str
) -> None:
    sign_in(client, who)
    assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    ("method", "address"),
    [("POST", "/"), ("DELETE", "/search"), ("PUT", "/about"), ("GET", "/account/sign-out")],
)
def test_a_wrong_method_is_answered_with_a_page_and_what_is_allowed(
    client: FlaskClient, method: str, address: str
) -> None:
    answer = client.open(address, method=method)
    assert answer.status_code == 405
    assert BeautifulSoup(answer.text, "html.parser").select_one("h1")
    assert answer.headers["Allow"]


# Forms


@pytest.mark.parametrize(
    ("address", "form"),
    [
        ("/account/sign-in", {"email": "a\x00b@example.org", "password": "x\x00y"}),
        ("/account/forgotten", {"email": "\x00"}),
        ("/account/reset/abc\x00def", {"password": "a-new-long-secret\x00"}),
        ("/account/sign-up", {"name": "a\x00", "email": "n@example.com", "about": "\x00"}),
        ("/workspace/autosave/new:demand", {"title": "矿\x00井"}),
        ("/workspace/new/demand", {"title": "矿\x00井", "keywords": "\x00", "region": "\x00"}),
        ("/workspace/new/demand", {"organisation": "9" * 30, "budget_max": "9" * 5000}),
        ("/workspace/new/achievement", {"ip_rights-9999-type": "\x00", "trl": "1e9"}),
    ],
)
def test_a_form_with_odd_bytes_is_answered(
    firm: FlaskClient, address: str, form: dict[str, str]
) -> None:
    assert firm.post(address, data=form).status_code < 500


def test_a_nought_byte_is_shown_at_its_field_and_not_kept(firm: FlaskClient, world: World) -> None:
    answer = firm.post("/workspace/new/demand", data={"title": "矿\x00井"})
    assert answer.status_code == 422
    with world.container.database.read() as session:
        assert session.scalar(select(func.count(Entry.id))) == 0


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"email=%ff%fe&password=%c3%28", "application/x-www-form-urlencoded"),
        (b"\xff\xfe\x00", "application/x-www-form-urlencoded"),
        (b"--x\r\nno form at all", "multipart/form-data; boundary=x"),
        (b"{", "application/json"),
        (b"", "nonsense/\xff".encode("latin-1").decode("latin-1")),
    ],
)
def test_a_form_that_can_not_be_read_is_answered(
    client: FlaskClient, body: bytes, kind: str
) -> None:
    answer = client.post("/account/sign-in", data=body, content_type=kind)
    assert answer.status_code in (400, 415, 422)


def test_a_form_of_many_megabytes_is_refused(firm: FlaskClient, world: World) -> None:
    answer = firm.post("/workspace/new/demand", data={"body": "长" * (2 * MEGABYTE)})
    assert answer.status_code == 413


# Somebody else's


@pytest.mark.parametrize(
    ("step", "form"),
    [
        ("edit", {"title": "改过的", "version": "2"}),
        ("resolve", {"title": "改过的", "version": "2"}),
        ("withdraw", {"reason": "no_longer_needed"}),
        ("conclude", {}),
        ("confirm", {}),
        ("copy", {}),
        ("links", {}),
        ("submit", {"version": "2"}),
        ("files", {}),
    ],
)
def test_what_is_another_organisations_is_not_there_to_be_changed(
    client: FlaskClient, world: World, sign_in: SignIn, step: str, form: dict[str, object]
) -> None:
    entry = world.published("firm", EntryKind.DEMAND)
    sign_in(client, "rival")
    data = {"file": (io.BytesIO(PDF), "a.pdf")} if step == "files" else form
    assert client.post(f"/workspace/entries/{entry.code}/{step}", data=data).status_code == 404
    after = world.reload(entry)
    assert (after.version, after.status, after.title) == (entry.version, entry.status, entry.title)
    assert files_of(world, entry) == []


# Twice, and too late


def test_a_form_sent_twice_submits_once_and_says_so(
    firm: FlaskClient, world: World, draft: Entry
) -> None:
    address = f"/workspace/entries/{draft.code}/submit"
    answers = [firm.post(address, data={"version": draft.version}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 409]
    assert BeautifulSoup(answers[1].text, "html.parser").select_one("h1")
    history = world.container.reading.history(world.actor("firm"), draft.code)
    assert [line.event.action for line in history] == ["submit", "create"]


def test_a_new_form_sent_twice_makes_one_entry(firm: FlaskClient, world: World) -> None:
    page = BeautifulSoup(firm.get("/workspace/new/demand").text, "html.parser")
    token = page.select_one("input[name=posting]")
    assert token is not None
    form = {"title": "矿井水", "language": "zh", "posting": token["value"]}
    answers = [firm.post("/workspace/new/demand", data=form) for _ in range(2)]
    assert answers[0].location == answers[1].location
    with world.container.database.read() as session:
        assert session.scalar(select(func.count(Entry.id))) == 1


def test_an_edit_sent_twice_is_one_edit(firm: FlaskClient, world: World, draft: Entry) -> None:
    form = edit_form(firm, draft, title="改过一次的标题")
    address = f"/workspace/entries/{draft.code}/edit"
    answers = [firm.post(address, data=form) for _ in range(2)]
    assert answers[0].status_code == 303
    assert answers[1].status_code in (303, 409)
    history = world.container.reading.history(world.actor("firm"), draft.code)
    assert [line.event.action for line in history] == ["edit", "create"]


def test_a_verdict_sent_twice_is_one_verdict(
    client: FlaskClient, world: World, sign_in: SignIn
) -> None:
    world.published("university", EntryKind.ACHIEVEMENT)
    world.published("firm", EntryKind.DEMAND)
    world.work()
    with world.container.database.read() as session:
        match = session.scalars(select(Match)).one()
    sign_in(client, "broker")
    form = {"decision": "approve", "version": match.version}
    answers = [client.post(f"/desk/matches/{match.id}", data=form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 409]
    with world.container.database.read() as session:
        assert session.scalar(select(func.count(Verdict.id))) == 1
