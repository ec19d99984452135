"""The database itself refuses every step of a chunk that is not in the table of states."""

from django.db import migrations

# As `delivery.states.TRANSITIONS` says; a test compares the two, step by step.
STEPS = {
    "pending": ["sending", "withdrawn"],
    "sending": ["accepted", "rejected", "in doubt", "pending"],
    "in doubt": ["accepted", "pending"],
    "rejected": ["pending"],
}
ALLOWED = " OR ".join(
    "(OLD.state = '{}' AND NEW.state IN ({}))".format(
        before, ", ".join(f"'{after}'" for after in afters)
    )
    for before, afters in STEPS.items()
)
REFUSED = f"NEW.state <> OLD.state AND NOT ({ALLOWED})"

SQLITE = f"""
    CREATE TRIGGER a_chunk_moves_by_the_table
    BEFORE UPDATE OF state ON delivery_chunk WHEN {REFUSED}
    BEGIN
        SELECT RAISE(ABORT, 'a chunk can not take this step');
    END
"""
POSTGRESQL = f"""
    CREATE FUNCTION refuse_step_of_chunk() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'a chunk can not go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'check_violation';
    END $$;
    CREATE TRIGGER a_chunk_moves_by_the_table
    BEFORE UPDATE OF state ON delivery_chunk
    FOR EACH ROW WHEN ({REFUSED}) EXECUTE FUNCTION refuse_step_of_chunk()
"""


def create(apps, schema_editor):

    sql = {"sqlite": SQLITE, "postgresql": POSTGRESQL}[schema_editor.connection.vendor]
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(sql)


def drop(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        if schema_editor.connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER a_chunk_moves_by_the_table")
        else:
            cursor.execute("DROP TRIGGER a_chunk_moves_by_the_table ON delivery_chunk")
            cursor.execute("DROP FUNCTION refuse_step_of_chunk()")


class Migration(migrations.Migration):
    dependencies = [
        ("delivery", "0005_a_chunks_state_holds_for_all_in_it"),
    ]

    operations = [
        migrations.RunPython(create, drop),
    ]
