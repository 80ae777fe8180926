"""Row-level security in the database: built, taken down, compared with what the rules ask for.

Each policy carries two digests in its comment: of the SQL that was generated, and of what
PostgreSQL made of it. The first tells that a rule changed, the second that somebody changed the
policy.
"""

import hashlib
from typing import Any

from django.conf import settings
from django.db import transaction

from privacy.rls.compile import SCHEMA, Policy, View, policies
from privacy.rls.declare import protected_models

_PRESENT = """
    select policy.tablename, policy.policyname, policy.cmd, policy.roles::text[],
        md5(coalesce(policy.qual, '') || '|' || coalesce(policy.with_check, '')),
        coalesce(obj_description(entry.oid, 'pg_policy'), '')
    from pg_policies as policy
    join pg_policy as entry on entry.polname = policy.policyname
        and entry.polrelid = format('%I.%I', policy.schemaname, policy.tablename)::regclass
    where policy.schemaname = 'public' order by 1, 2"""
# What each of both roles may do with each thing, and what everybody may; ours alone, by name.
_GRANTED = """
    select its.kind, its.name, coalesce(role.rolname, 'everybody'), array_agg(acl.privilege_type
        order by acl.privilege_type)
    from (
        select case when relkind = 'S' then 'sequence' else 'table' end as kind,
            case when nspname = 'public' then relname else nspname || '.' || relname end as name,
            coalesce(relacl, acldefault(case relkind when 'S' then 's' else 'r' end::"char",
                relowner)) as acls
        from pg_class join pg_namespace as space on space.oid = relnamespace
        where nspname in ('public', %(schema)s) and relkind in ('r', 'v', 'S')
        union all
        select 'schema', nspname, coalesce(nspacl, acldefault('n', nspowner)) from pg_namespace
        where nspname in ('public', %(schema)s)
        union all
        select 'later ' || case defaclobjtype when 'S' then 'sequence' else 'table' end, 'public',
            defaclacl
        from pg_default_acl where defaclnamespace = 'public'::regnamespace and defaclrole =
            (select relowner from pg_class where oid = 'django_migrations'::regclass)
            and defaclobjtype in ('r', 'S')
    ) as its
    cross join lateral aclexplode(its.acls) as acl
    left join pg_roles as role on role.oid = acl.grantee
    where role.rolname = any(%(roles)s) or acl.grantee = 0
    group by 1, 2, 3"""
_THINGS = """
    select case when relkind = 'S' then 'sequence' else 'table' end,
        case when nspname = 'public' then relname else nspname || '.' || relname end
    from pg_class join pg_namespace as space on space.oid = relnamespace
    where nspname in ('public', %(schema)s) and relkind in ('r', 'v', 'S')"""
_ROWS: tuple[str, ...] = ("DELETE", "INSERT", "SELECT", "UPDATE")
_NUMBERS: tuple[str, ...] = ("SELECT", "USAGE")
_ENABLED = """
    select relname from pg_class
    where relrowsecurity and relnamespace = 'public'::regnamespace order by 1"""
# A role is walled when it owns nothing here, and reaches the others only by asking for them.
_ROLE = """
    select role.rolsuper or role.rolbypassrls,
        exists (select from pg_class where relowner = role.oid
                and relnamespace = 'public'::regnamespace),
        exists (select from pg_class join pg_roles as owner on owner.oid = relowner
                where relnamespace = 'public'::regnamespace and relkind = 'r'
                and owner.oid <> role.oid
                and pg_has_role(role.oid, owner.oid, 'member')),
        exists (select from pg_roles as system where system.rolname = %s
                and pg_has_role(role.oid, system.oid, 'usage'))
    from pg_roles as role where role.rolname = %s"""


def wanted() -> list[Policy]:
    """Return the generated policies, and those that let the system role past."""
    tables = sorted(model._meta.db_table for model in protected_models())
    return policies() + [Policy(table, "system", "ALL", "true") for table in tables]


def problems(cursor: Any) -> list[str]:
    """Return how the database's policies differ from what the rules ask for, a sentence each."""
    want = {(policy.table, policy.name): policy for policy in wanted()}
    cursor.execute(_PRESENT)
    present = {(row[0], row[1]): row[2:] for row in cursor.fetchall()}
    faults = [f"{table} has no policy {name}." for table, name in sorted(want.keys() - present)]
    faults += [
        f"{table} has a policy {name} of nobody's." for table, name in sorted(present.keys() - want)
    ]
    for key in sorted(want.keys() & present.keys()):
        command, roles, made, comment = present[key]
        policy = want[key]
        if comment != f"{_digest(policy)} {made}" or (command, roles) != (
            policy.command, [_role(policy)]
        ):  # fmt: skip
            faults.append(f"{key[0]} has another policy {key[1]} than its rule asks for.")
    cursor.execute(_ENABLED)
    enabled = {row[0] for row in cursor.fetchall()}
    tables = {model._meta.db_table for model in protected_models()}
    faults += [f"{name} has its policies switched off." for name in sorted(tables - enabled)]
    faults += [f"{name} has policies that nobody asked for." for name in sorted(enabled - tables)]
    return faults + _grant_faults(cursor) + faults_of(cursor, str(settings.WEB_ROLE))


def _grant_faults(cursor: Any) -> list[str]:
    """Return how both roles' rights differ from those that `build` gives, a sentence each."""
    roles = [str(settings.WEB_ROLE), str(settings.SYSTEM_ROLE)]
    names = {"schema": SCHEMA, "roles": roles}
    cursor.execute(_THINGS, names)
    want: dict[tuple[str, str], tuple[str, ...]] = {
        ("schema", "public"): ("USAGE",),
        ("schema", SCHEMA): ("USAGE",),
    }
    want |= {("later table", "public"): _ROWS, ("later sequence", "public"): _NUMBERS}
    for kind, name in cursor.fetchall():
        may = _NUMBERS if kind == "sequence" else _ROWS
        if name == "django_migrations" or name.startswith(f"{SCHEMA}."):
            may = ("SELECT",)
        want[kind, name] = may
    cursor.execute(_GRANTED, names)
    given = {(kind, name, role): tuple(may) for kind, name, role, may in cursor.fetchall()}
    faults = []
    for (kind, name), may in sorted(want.items()):
        for role in roles:
            has = given.pop((kind, name, role), ())
            if has != may:
                granted = ", ".join(has) or "nothing"
                faults.append(
                    f"{role} has {granted} on the {kind} {name} instead of {', '.join(may)}."
                )
    # PostgreSQL lets everybody use the public schema; nothing in it is everybody's.
    given.pop(("schema", "public", "everybody"), None)
    faults += [
        f"{role} has {', '.join(may)} on the {kind} {name}."
        for (kind, name, role), may in sorted(given.items())
    ]
    return faults


def faults_of(cursor: Any, role: str) -> list[str]:
    """Return why a role isn't held by row-level security; nothing when it is."""
    cursor.execute(_ROLE, [settings.SYSTEM_ROLE, role])
    row = cursor.fetchone()
    if row is None:
        return [f"There is no role {role} for the web."]
    reasons = (
        "passes row-level security by itself",
        "owns tables",
        "is a member of the tables' owner",
        f"has the rights of {settings.SYSTEM_ROLE} without asking (NOINHERIT is missing)",
    )
    return [
        f"The web's role {role} {why}." for holds, why in zip(row, reasons, strict=True) if holds
    ]


def build(cursor: Any) -> bool:
    """Bring policies and grants up to what the rules ask for; return whether they differed."""
    _roles(cursor)
    before = problems(cursor)
    for statement in _grants():  # also on what a migration has just added
        cursor.execute(statement)
    if not problems(cursor):
        return bool(before)
    with transaction.atomic():
        take_down(cursor)
        for statement in [*_revokes(), *_grants(), *statements()]:
            cursor.execute(statement)
        cursor.execute(_PRESENT)
        made = {(row[0], row[1]): row[4] for row in cursor.fetchall()}
        for policy in wanted():
            text = f"{_digest(policy)} {made[policy.table, policy.name]}"
            cursor.execute(f'comment on policy "{policy.name}" on "{policy.table}" is %s', [text])
    left = problems(cursor)
    if left:
        raise RuntimeError("Row-level security doesn't stand: " + " ".join(left))
    return True


def take_down(cursor: Any) -> None:
    """Drop all policies: columns they name can be altered. The tables stay closed to the web."""
    cursor.execute(_PRESENT)
    for row in cursor.fetchall():
        cursor.execute(f'drop policy "{row[1]}" on "{row[0]}"')
    cursor.execute(f"drop schema if exists {SCHEMA} cascade")
    cursor.execute(_ENABLED)
    tables = {model._meta.db_table for model in protected_models()}
    for (name,) in cursor.fetchall():
        if name not in tables:
            cursor.execute(f'alter table "{name}" disable row level security')


def statements() -> list[str]:
    """Return the SQL that builds row-level security, for `manage.py rls --sql` too."""
    both = f"{settings.WEB_ROLE}, {settings.SYSTEM_ROLE}"
    all_policies = wanted()
    views = {view for policy in all_policies for view in policy.views}
    statements = [f"create schema {SCHEMA}", f"grant usage on schema {SCHEMA} to {both}"]
    for view in sorted(views, key=lambda view: view.name):
        statements += [_view(view), f"grant select on {view.name} to {both}"]
    for model in protected_models():
        statements.append(f'alter table "{model._meta.db_table}" enable row level security')
    statements += [
        f'create policy "{policy.name}" on "{policy.table}" '
        f"for {policy.command} to {_role(policy)} {policy.shape}"
        for policy in all_policies
    ]
    return statements


def _view(view: View) -> str:
    """Return the SQL of a view: keys and states of rows, none of their content."""
    model = next(
        protected for protected in protected_models() if protected._meta.db_table == view.table
    )
    columns = ", ".join(
        f'"{column.column}"'
        for column in model._meta.concrete_fields
        if column.is_relation or column.primary_key or column.choices
    )
    rows = f'"{view.table}" as its where {view.condition}'
    return f"create view {view.name} as select {columns} from {rows}"  # noqa: S608


def _role(policy: Policy) -> str:
    return str(settings.SYSTEM_ROLE if policy.name == "system" else settings.WEB_ROLE)


def _digest(policy: Policy) -> str:
    views = "".join(sorted(_view(view) for view in policy.views))
    text = f"{policy.command} {_role(policy)} {policy.shape} {views}"
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _roles(cursor: Any) -> None:
    """Make the two roles where they are missing, if we may."""
    for role, how in (
        (settings.WEB_ROLE, "login noinherit"), (settings.SYSTEM_ROLE, "nologin"),
    ):  # fmt: skip
        cursor.execute("select 1 from pg_roles where rolname = %s", [role])
        if cursor.fetchone() is None:
            cursor.execute(f'create role "{role}" {how}')
    cursor.execute(
        "select pg_has_role(%s, %s, 'member')", [settings.WEB_ROLE, settings.SYSTEM_ROLE]
    )
    if not cursor.fetchone()[0]:
        cursor.execute(f'grant "{settings.SYSTEM_ROLE}" to "{settings.WEB_ROLE}"')


def _revokes() -> list[str]:
    """Return what takes back every right in the schema, whoever gave it."""
    both = f"{settings.WEB_ROLE}, {settings.SYSTEM_ROLE}"
    kinds = ("tables", "sequences")
    return [
        *(f"revoke all on all {kind} in schema public from {both}, public" for kind in kinds),
        *(f"alter default privileges in schema public revoke all on {kind} from {both}"
          for kind in kinds),
        f"revoke all on schema public from {both}",
    ]  # fmt: skip


def _grants() -> list[str]:
    """Return the rights of both roles, on what is there and on what a migration will add."""
    both = f"{settings.WEB_ROLE}, {settings.SYSTEM_ROLE}"
    rows, numbers = "select, insert, update, delete", "usage, select"
    statements = [
        f"grant usage on schema public to {both}",
        f"grant {rows} on all tables in schema public to {both}",
        f"grant {numbers} on all sequences in schema public to {both}",
        f"alter default privileges in schema public grant {rows} on tables to {both}",
        f"alter default privileges in schema public grant {numbers} on sequences to {both}",
        f"revoke insert, update, delete on django_migrations from {both}",
    ]
    return statements
