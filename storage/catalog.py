"""What a database says of its own tables, on either engine: for what goes through all of them."""

from storage.database import Database

_TABLES = {
    "sqlite": (
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite^_%' ESCAPE '^'"
        " AND name NOT LIKE 'issue^_search%' ESCAPE '^' AND name NOT LIKE '^_%' ESCAPE '^' ORDER BY name"
    ),
    "postgresql": (
        "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = CURRENT_SCHEMA()"
        " AND table_type = 'BASE TABLE' AND table_name NOT LIKE '^_%' ESCAPE '^' ORDER BY table_name"
    ),
}

_COLUMNS = {
    "sqlite": "SELECT name, type <> 'TEXT' AS is_number, pk AS place FROM pragma_table_info(:name) ORDER BY cid",
    "postgresql": (
        "SELECT attributes.attname AS name, CASE WHEN attributes.atttypid = 'bigint'::regtype THEN 1 ELSE 0 END"
        " AS is_number, COALESCE(array_position(CAST(keys.indkey AS int2[]), attributes.attnum), -1) + 1 AS place"
        " FROM pg_attribute AS attributes LEFT JOIN pg_index AS keys"
        " ON keys.indrelid = attributes.attrelid AND keys.indisprimary"
        " WHERE attributes.attrelid = to_regclass(:name) AND attributes.attnum > 0 AND NOT attributes.attisdropped"
        " ORDER BY attributes.attnum"
    ),
}

_REFERENCES = {
    "sqlite": 'SELECT DISTINCT "table" AS name FROM pragma_foreign_key_list(:name)',
    "postgresql": (
        "SELECT DISTINCT others.relname AS name FROM pg_constraint JOIN pg_class AS others"
        " ON others.oid = pg_constraint.confrelid WHERE contype = 'f' AND conrelid = to_regclass(:name)"
    ),
}


def tables(db: Database) -> list[str]:
    """The tables of ours, each after those its rows refer to."""
    waiting = {row["name"]: _references(db, row["name"]) for row in db.rows(_TABLES[db.dialect])}
    found: list[str] = []
    while waiting:
        ready = [name for name, others in waiting.items() if not others - {name} - set(found)]
        found += ready
        waiting = {name: others for name, others in waiting.items() if name not in ready}
    return found


def _references(db: Database, table: str) -> set[str]:
    return {row["name"] for row in db.rows(_REFERENCES[db.dialect], name=table)}


def columns(db: Database, table: str) -> dict[str, bool]:
    """The columns of a table in their order, each with whether it holds numbers (otherwise text)."""
    return {row["name"]: bool(row["is_number"]) for row in db.rows(_COLUMNS[db.dialect], name=table)}


def key(db: Database, table: str) -> list[str]:
    """The columns of a table's key, in its order."""
    found = [(row["place"], row["name"]) for row in db.rows(_COLUMNS[db.dialect], name=table) if row["place"]]
    return [name for _, name in sorted(found)]


def counters(db: Database) -> dict[str, int]:
    """The last number given out by each table that counts its own keys; 0 where there was none yet."""
    if db.dialect == "sqlite":
        return {row["name"]: row["seq"] for row in db.rows("SELECT name, seq FROM sqlite_sequence")}
    found = db.rows(
        "SELECT tables.relname AS name, COALESCE(last_value, 0) AS seq FROM pg_sequences"
        " JOIN pg_class AS counters ON counters.oid = to_regclass(sequencename)"
        " JOIN pg_depend ON pg_depend.objid = counters.oid AND deptype = 'i'"
        " JOIN pg_class AS tables ON tables.oid = pg_depend.refobjid WHERE schemaname = CURRENT_SCHEMA()"
    )
    return {row["name"]: row["seq"] for row in found}


def count_from(db: Database, table: str, last: int) -> None:
    """Have a table give out the numbers after this one."""
    if db.dialect == "sqlite":
        db.run("DELETE FROM sqlite_sequence WHERE name = :name", name=table)
        db.run("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)", name=table, last=last)
    elif last > 0:
        db.rows("SELECT setval(pg_get_serial_sequence(:name, 'id'), :last)", name=table, last=last)
