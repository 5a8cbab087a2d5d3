"""A hundred thousand entries and what belongs to them, made inside PostgreSQL in seconds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, text

from matchmaker.models.database import Database
from matchmaker.services.entries.derived import Deriver
from tests.support.services import eventually

ENTRIES = 100_000
#: Organisations and people come after those of the small world.
ORGANISATIONS = 20_000
PEOPLE = 20_000
#: Words that the texts are made of, from the most frequent to the rarest.
WORDS = (
    "处理 技术 系统 材料 设备 生产 工艺 矿井水 煤矸石 粉煤灰 膜浓缩 蒸发 结晶 光伏 风电 储能 "
    "氢能 羊绒 灌溉 蒙药 催化剂 传感器 机器人 算法 membrane catalyst sensor storage recycling "
    "evaporation irrigation hydrogen"
).split()

_RANDOM_WORD = "(floor(:n * power(random(), 2.2))::int + 1)"
_STATEMENTS = (
    """
    INSERT INTO organisations (name, name_en, short_name, kind, region, about, about_en, website,
        status, trusted, sample, version, created_at)
    SELECT '示例批量机构' || i, '', '',
        (ARRAY['firm','university','institute','service'])[i % 4 + 1], '150603',
        repeat('示例简介。', 25), '', '',
        CASE WHEN i % 50 = 0 THEN 'pending' ELSE 'active' END, false, false, 1,
        now() - i * interval '1 minute'
    FROM generate_series(1, :organisations) i
    """,
    """
    INSERT INTO people (email, name, password_hash, language, active, sample, session_epoch,
        created_at)
    SELECT 'many' || i || '@example.com', 'Person ' || i, 'x', 'zh', true, false, 0, now()
    FROM generate_series(1, :people) i
    """,
    """
    INSERT INTO memberships (person_id, organisation_id, role, active, created_at)
    SELECT p.id, 6 + p.id % :organisations, 'member', true, now() FROM people p
    WHERE p.email LIKE 'many%'
    """,
    # One in fifteen hundred belongs to the firm and one to the university of the small world.
    """
    INSERT INTO entries (id, kind, code, organisation_id, author_id, title, summary, body, keywords,
        fields, industries, region, visibility, valid_until, language, contact_name, contact_phone,
        contact_email, status, submitted_at, published_at, return_reasons, index_version,
        indexed_version, matched_version, search_grams, sample, version, created_at, updated_at)
    SELECT i, (ARRAY['achievement','demand','project','expert'])[i % 4 + 1],
        (ARRAY['CG','XQ','XM','ZJ'])[i % 4 + 1] || '-2025-' || lpad(i::text, 6, '0'),
        CASE WHEN i % 1500 = 1 THEN 1 WHEN i % 1500 = 4 THEN 3 ELSE 6 + i % :organisations END, 1,
        w.text, w.text || '。', w.text || '，示例。', '[]', '["water.mine"]', '["06"]', '150627',
        CASE WHEN i % 10 = 0 THEN 'registered' WHEN i % 33 = 0 THEN 'brokers' ELSE 'public' END,
        CURRENT_DATE + i % 700, 'zh', '', '', '', s.status,
        now() - i * interval '3 minutes',
        CASE WHEN s.status IN ('published', 'expired', 'concluded')
            THEN now() - i * interval '2 minutes' END,
        '{}', 1, 1, 1, w.tokens || w.rare, false, 1, now() - i * interval '3 minutes',
        now() - (i * 7919 % :entries) * interval '2 minutes'
    FROM generate_series(1, :entries) i
    CROSS JOIN LATERAL (SELECT CASE WHEN i % 100 < 80 THEN 'published' ELSE
        (ARRAY['draft','submitted','returned','rejected','expired','withdrawn','concluded','draft'])
        [i % 8 + 1] END AS status) s
    CROSS JOIN LATERAL (
        SELECT string_agg((CAST(:words AS text[]))[k], '' ORDER BY j) AS text,
            ' ' || string_agg((CAST(:tokens AS text[]))[k], ' ' ORDER BY j) || ' ' AS tokens,
            (SELECT string_agg('r' || (random() * 50000)::int, ' ') || ' '
             FROM generate_series(1, :rare + i % 2)) AS rare
        FROM (SELECT j, {word} AS k FROM generate_series(1, 5 + i % 3) j) picked
    ) w
    """.replace("{word}", _RANDOM_WORD),
    """
    INSERT INTO demands (id, demand_type, clarity, key_technology, clauses, existing_basis,
        deadline, solution_modes)
    SELECT id, 'technical_problem', 'clear', '', '[]', '',
        CASE WHEN id % 3 = 0 THEN NULL ELSE CURRENT_DATE - 200 + (id % 700)::int END, '["licence"]'
    FROM entries WHERE kind = 'demand' AND id <= :entries
    """,
    """
    INSERT INTO achievements (id, benefits, applications, form, stage, trl, ip_rights,
        registration_number, transfer_modes, price_negotiable)
    SELECT id, '', '[]', 'process', 'pilot', 6, '[]', '', '["licence"]', true
    FROM entries WHERE kind = 'achievement' AND id <= :entries
    """,
    """
    INSERT INTO projects (id, number, programme, partners, leader, phase, milestones)
    SELECT id, '', '示例计划', '[]', '', 'implementation', '[]'
    FROM entries WHERE kind = 'project' AND id <= :entries
    """,
    """
    INSERT INTO experts (id, name, professional_title, evidence, availability, engagement_modes)
    SELECT id, '示例专家', '', '[]', 'available', '["consulting"]'
    FROM entries WHERE kind = 'expert' AND id <= :entries
    """,
    """
    INSERT INTO entry_facets (entry_id, name, value)
    SELECT i, f.name, f.value FROM generate_series(1, :entries) i CROSS JOIN LATERAL (VALUES
        ('field', (ARRAY['water','waste','carbon','energy','coal','digital'])[i % 6 + 1]),
        ('field', CASE WHEN i % 6 = 0 THEN 'water.mine' ELSE 'leaf.' || i % 40 END),
        ('region', '15062' || i % 8), ('organisation_kind', 'firm')) f (name, value)
    """,
    """
    INSERT INTO matches (id, demand_id, other_id, state, score, level, rank, assessment,
        model_version, demand_version, other_version, assignee_id, version, suggested_at,
        updated_at)
    SELECT m, 4 * d + 1, 4 * ((d + 1 + k * 31) % (:entries / 4)) + 4,
        (ARRAY['suggested','rejected','introduced','suggested','snoozed','rejected','introduced',
               'withdrawn','approved'])[m % 9 + 1],
        0.3 + 0.6 * random(), (ARRAY['strong','fair','weak'])[m % 3 + 1], 1 + k,
        '{"demand": "", "other": "", "kind": "achievement", "score": 0.5, "level": "fair",
          "probability": 0.5, "agreement": 0.5, "shares": {}, "readings": [], "advice": [],
          "model_version": "many"}', 'many', 1, 1,
        CASE WHEN m % 100 = 0 THEN :broker END, 1, now() - m * interval '1 minute',
        now() - (m * 7919 % 100000) * interval '1 minute'
    FROM generate_series(1, :entries) m
    CROSS JOIN LATERAL (SELECT m % (:entries / 4 - 1) AS d, m / (:entries / 4 - 1) AS k) p
    """,
    """
    INSERT INTO introductions (match_id, state, demand_answer, other_answer, reason, note, version,
        created_at)
    SELECT id, (ARRAY['open','agreed','declined'])[id % 3 + 1], '', '', '', '', 1, updated_at
    FROM matches WHERE state = 'introduced'
    """,
    """
    INSERT INTO jobs (kind, subject, status, not_before, tries, error, request_id, created_at,
        finished_at)
    SELECT (ARRAY['embed','index','match','send_mail'])[i % 4 + 1], 'many-' || i,
        CASE WHEN i % 20 = 0 THEN 'pending' WHEN i % 201 = 0 THEN 'dead' ELSE 'done' END,
        now() + i * interval '1 second', 1, '', '', now(), now() - i * interval '5 seconds'
    FROM generate_series(1, :entries) i
    """,
    """
    INSERT INTO events (at, actor_id, on_behalf_of_id, subject_type, subject_id, subject_code,
        action, changes, reason, note, request_id)
    SELECT now() - i * interval '1 minute', CASE WHEN i % 7 = 0 THEN NULL ELSE 8 + i % :people END,
        NULL, 'entry', i % :entries + 1, 'XQ-2025-' || lpad((i % :entries + 1)::text, 6, '0'),
        (ARRAY['create','submit','publish','edit','edit','return'])[i % 6 + 1], '{}', '', '', ''
    FROM generate_series(1, 2 * :entries) i
    """,
    """
    INSERT INTO notifications (person_id, kind, params, created_at, read_at)
    SELECT CASE WHEN i % 500 = 0 THEN 1 ELSE 8 + i % :people END, 'entry_published',
        '{"title": "示例", "code": "XQ-2025-000001"}', now() - i * interval '1 minute',
        CASE WHEN i % 3 > 0 THEN now() END
    FROM generate_series(1, :entries / 2) i
    """,
    """
    INSERT INTO mails (message_id, recipient, subject, body, created_at, sent_at)
    SELECT 'many-' || i, 'many' || i || '@example.com', '示例', '示例',
        now() - i * interval '1 minute', now()
    FROM generate_series(1, :entries / 4) i
    """,
    """
    INSERT INTO entry_revisions (entry_id, author_id, base_version, "values", status, note,
        created_at)
    SELECT 1 + (i * 13) % :entries, 1, 1, '{}',
        CASE WHEN i % 40 = 0 THEN 'waiting' WHEN i % 41 = 0 THEN 'shown' ELSE 'accepted' END, '',
        now() - i * interval '1 minute'
    FROM generate_series(1, :entries / 10) i
    """,
    """
    INSERT INTO unmet_demands (entry_id, cluster, terms, mapped_on)
    SELECT id, id % 60, '{"示例": 1}', CURRENT_DATE FROM entries
    WHERE kind = 'demand' AND status = 'published' AND id % 8 = 1
    """,
)
_NUMBERED = ("entries", "matches")


def multiply(database: Database, deriver: Deriver, *, rare: int = 10) -> None:
    """Fill a migrated PostgreSQL database that holds the small world, and nothing else.

    Args:
        database: connected as a superuser.
        deriver: makes the tokens that the words are found by.
        rare: further tokens of each entry, out of fifty thousand.
    """
    known: dict[str, Any] = {
        "entries": ENTRIES,
        "organisations": ORGANISATIONS,
        "people": PEOPLE,
        "words": WORDS,
        "tokens": [deriver.grams(word).strip() for word in WORDS],
        "n": len(WORDS),
        "rare": rare,
    }
    with database.engine.begin() as connection:
        known["broker"] = connection.scalar(
            text("SELECT id FROM people WHERE email = 'broker@example.org'")
        )
        # All rows fit by construction, and checking a hundred thousand keys one by one is slow.
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text("SELECT setseed(0.5)"))
        with _without_indexes(connection):
            for statement in _STATEMENTS:
                _run(connection, statement, known)
        for table in _NUMBERED:
            connection.execute(
                text(f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))")
            )
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        assert eventually(lambda: _settled(connection), 60)


def _settled(connection: Connection) -> bool:
    """Gather the planner's figures; whether all pages are known to be visible to everybody.

    Counting by an index alone needs that, and a snapshot that the server itself holds for a
    moment, as autovacuum does, keeps it from being so.
    """
    connection.execute(text("VACUUM (ANALYZE)"))
    hidden = text(
        "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace "
        "AND relkind = 'r' AND relallvisible < relpages"
    )
    return not connection.scalar(hidden)


@contextmanager
def _without_indexes(connection: Connection) -> Iterator[None]:
    """Drops the plain indexes of all tables for a while: filling them row by row is slow."""
    rows = connection.execute(
        text(
            "SELECT indexname, indexdef FROM pg_indexes "
            "WHERE schemaname = current_schema() AND indexdef NOT LIKE '%UNIQUE%'"
        )
    ).all()
    for row in rows:
        connection.execute(text(f'DROP INDEX "{row.indexname}"'))
    yield
    for row in rows:
        connection.exec_driver_sql(row.indexdef)


def _run(connection: Connection, statement: str, known: Mapping[str, Any]) -> None:
    used = {name: value for name, value in known.items() if f":{name}" in statement}
    connection.execute(text(statement), used)
