"""A migration that says that the release before works on it adds, and does nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from workers.migrations import MIGRATIONS

FILES = sorted(MIGRATIONS.glob("*.sql"))
SAYS_SO = re.compile(r"INSERT INTO additive_migrations VALUES \('(\w+)'\);")
GRANT = re.compile(r"\bGRANT\b[^;]*;")
"""It names rights by the words that take something away."""
NOTES = re.compile(r"\bRETURNS trigger\b|\bCREATE TRIGGER \w+ AFTER\b[^;]*;")
"""What fires after the work of a release is done, and changes nothing of it."""
MORE_THAN_ADDS = re.compile(
    r"\b(?:DROP|RENAME|TRUNCATE|(?<!ON )DELETE|UPDATE|ALTER COLUMN|SET NOT NULL|ADD CONSTRAINT|UNIQUE INDEX|TRIGGER)\b"
    r"|\bADD COLUMN\b(?=[^,;]*\bNOT NULL\b)(?![^,;]*\bDEFAULT\b)"
    r"|\bREVOKE\b(?![^;]*\bFROM PUBLIC\b)",
    re.IGNORECASE,
)


def objections(version: str, migration: str) -> list[str]:
    """What speaks against a migration's word that it only adds; nothing when it does not say so."""
    up, _, down = migration.partition("-- migrate:down")
    said = SAYS_SO.findall(up)
    if not said:
        return []
    rest = NOTES.sub("", GRANT.sub("", up))
    for made in re.findall(r"CREATE TABLE ([\w.]+)", up):
        # The release before does not know the rows of a new table.
        rest = re.sub(rf"\bUPDATE {made}\b|\bINSERT INTO {made}\b[^;]*\bDO UPDATE\b", "", rest)
    found = [match.group() for match in MORE_THAN_ADDS.finditer(rest)]
    if said != [version]:
        found.append(f"it says so of {said}")
    if f"DELETE FROM additive_migrations WHERE version = '{version}';" not in down:
        found.append("its down part does not take that back")
    return found


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_migration_is_as_additive_as_it_says(file: Path) -> None:
    assert objections(file.name.partition("_")[0], file.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("statement", "fine"),
    [
        ("ALTER TABLE a ADD COLUMN b boolean NOT NULL DEFAULT false;", True),
        ("ALTER TABLE a ADD COLUMN b text;", True),
        ("CREATE TABLE c (d text NOT NULL);", True),
        ("CREATE TABLE c (d uuid REFERENCES a ON DELETE CASCADE);", True),
        ("DELETE FROM a;", False),
        ("GRANT UPDATE, DELETE ON a TO b;", True),
        # The release before comes as the owner.
        ("REVOKE ALL ON a FROM PUBLIC;", True),
        ("REVOKE ALL ON a FROM b;", False),
        ("CREATE TRIGGER b AFTER UPDATE ON a EXECUTE FUNCTION c();", True),
        ("CREATE TRIGGER b BEFORE INSERT ON a EXECUTE FUNCTION c();", False),
        ("CREATE TABLE c (d text); INSERT INTO c VALUES ('e') ON CONFLICT (d) DO UPDATE SET d = 'f';", True),
        ("INSERT INTO a VALUES ('e') ON CONFLICT (d) DO UPDATE SET d = 'f';", False),
        ("CREATE TABLE c (d text); UPDATE a SET d = 'f';", False),
        ("ALTER TABLE a ADD COLUMN b text NOT NULL;", False),
        ("ALTER TABLE a DROP COLUMN b;", False),
        ("ALTER TABLE a RENAME COLUMN b TO c;", False),
        ("ALTER TABLE a ALTER COLUMN b SET NOT NULL;", False),
    ],
)
def test_what_an_older_release_would_miss_is_no_addition(statement: str, fine: bool) -> None:
    says_so = "INSERT INTO additive_migrations VALUES ('7');\n"
    back = "-- migrate:down\nDELETE FROM additive_migrations WHERE version = '7';\n"
    assert bool(objections("7", f"-- migrate:up\n{statement}\n{says_so}{back}")) is not fine
    assert objections("7", f"-- migrate:up\n{statement}\n{back}") == []
    assert objections("8", f"-- migrate:up\n{statement}\n{says_so}{back}")
