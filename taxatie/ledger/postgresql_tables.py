"""The tables of a log in PostgreSQL: lines and sealed payloads in one schema, the keys in another.

The keys stand apart so that they can be kept out of copies: a dump without them never brings erased data back.
Payloads and keys lie in parts of some ten thousand lines, so that an erasure writes anew what it concerns and no more.
"""

from typing import Final

SCHEMA: Final = "taxatie"
KEYS_SCHEMA: Final = "taxatie_keys"

TABLES_VERSION: Final = 1
"""Other tables get another number; a program refuses the tables of a number that it does not know."""
VERSION_NAME: Final = "tables_version"
PART_LINES_NAME: Final = "part_lines"

MAKING_LOCK: Final = 0x7461786174696531
"""Is held by the one of several replicas that makes the tables; the number has no meaning but its own."""

# `COLLATE "C"` compares bytes: an index then never depends on the language settings of a machine.
TABLES: Final = (
    'CREATE TABLE taxatie.settings (name text COLLATE "C" PRIMARY KEY, value bytea NOT NULL)',
    "CREATE TABLE taxatie.tree (one integer PRIMARY KEY CHECK (one = 1), size bigint NOT NULL, peaks bytea NOT NULL)",
    "INSERT INTO taxatie.tree VALUES (1, 0, '')",
    """CREATE TABLE taxatie.lines (
  place bigint PRIMARY KEY, leaf bytea NOT NULL, id text COLLATE "C" NOT NULL UNIQUE,
  about text COLLATE "C", request text COLLATE "C" UNIQUE)""",
    "CREATE INDEX lines_about ON taxatie.lines (about, place) WHERE about IS NOT NULL",
    """CREATE TABLE taxatie.sealed (
  place bigint PRIMARY KEY, data bytea NOT NULL, case_tag bytea, keep_until text COLLATE "C")
  PARTITION BY RANGE (place)""",
    # What is encrypted cannot be compressed; trying costs time.
    "ALTER TABLE taxatie.sealed ALTER COLUMN data SET STORAGE EXTERNAL",
    "CREATE INDEX sealed_case ON taxatie.sealed (case_tag) WHERE case_tag IS NOT NULL",
    "CREATE INDEX sealed_keep ON taxatie.sealed (keep_until) WHERE keep_until IS NOT NULL",
    "CREATE TABLE taxatie_keys.keys (place bigint PRIMARY KEY, key bytea NOT NULL) PARTITION BY RANGE (place)",
)
PARTED: Final = ((SCHEMA, "sealed"), (KEYS_SCHEMA, "keys"))
"""The tables that lie in parts, in the order in which everybody locks them."""
OF_LINES: Final = (*PARTED, (SCHEMA, "lines"))
"""The tables that hold something of a line."""

LINES_AT: Final = """
SELECT place, leaf, id, about, request, key, data, case_tag, keep_until
FROM taxatie.lines
  LEFT JOIN (SELECT * FROM taxatie.sealed WHERE place = ANY(%(places)s)) AS payloads USING (place)
  LEFT JOIN (SELECT * FROM taxatie_keys.keys WHERE place = ANY(%(places)s)) AS secrets USING (place)
WHERE place = ANY(%(places)s) ORDER BY place
"""
"""The lines at some places; as these are named thrice, PostgreSQL looks at no part that holds none of them."""

TURN: Final = "SELECT FROM taxatie.tree FOR UPDATE"
STOOD: Final = """
SELECT size, peaks, (SELECT coalesce(min(place), 0) FROM taxatie.lines),
  (SELECT coalesce(max(place) + 1, 0) FROM taxatie.lines), (SELECT value FROM taxatie.settings WHERE name = %s)
FROM taxatie.tree
"""
"""One sentence, so that all of it is of one moment; in a turn it comes after the lock, and sees what came before."""

PAGE: Final = "SELECT place FROM taxatie.lines WHERE place >= %(first)s ORDER BY place LIMIT %(most)s"
OF_ID: Final = "SELECT place FROM taxatie.lines WHERE id = %(id)s"
OF_REQUEST: Final = "SELECT place FROM taxatie.lines WHERE request = %(request)s"
ABOUT: Final = "SELECT place FROM taxatie.lines WHERE about = %(about)s"
KEEP: Final = "INSERT INTO taxatie.settings VALUES (%s, %s) ON CONFLICT DO NOTHING"
REPLACE: Final = "INSERT INTO taxatie.settings VALUES (%s, %s) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
OF_CASE: Final = "SELECT place FROM taxatie.sealed WHERE case_tag = %(case_tag)s ORDER BY place"
EXPIRED: Final = "SELECT place FROM taxatie.sealed WHERE keep_until < %(day)s ORDER BY place"
HELD: Final = """
SELECT place FROM taxatie.sealed WHERE place = ANY(%(places)s)
UNION SELECT place FROM taxatie_keys.keys WHERE place = ANY(%(places)s) ORDER BY place
"""
"""Which of some places still have a payload or a key."""

FAULTS: Final = """
SELECT format('PostgreSQL counted %s broken pages in this database', checksum_failures)
  FROM pg_catalog.pg_stat_database WHERE datname = current_database() AND checksum_failures > 0
UNION ALL
SELECT format('the index `%s` is not valid', indexrelid::regclass)
  FROM pg_catalog.pg_index JOIN pg_catalog.pg_class ON pg_class.oid = indexrelid
  WHERE relnamespace IN (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname IN ('taxatie', 'taxatie_keys'))
    AND NOT (indisvalid AND indisready)
UNION ALL
SELECT format('%s sealed payloads belong to no line', count(*))
  FROM taxatie.sealed LEFT JOIN taxatie.lines USING (place) WHERE leaf IS NULL HAVING count(*) > 0
UNION ALL
SELECT format('%s keys belong to no line', count(*))
  FROM taxatie_keys.keys LEFT JOIN taxatie.lines USING (place) WHERE leaf IS NULL HAVING count(*) > 0
"""
