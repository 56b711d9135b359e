"""People who work here: the first administrator, and for those at a terminal what the pages do."""

from datetime import date, datetime
from uuid import UUID

import click

from tourbook import clock
from tourbook.accounts import Newcomer, add_person, person_by_mail
from tourbook.accounts.roles import STAFF, Held, RoleTerms, roles_of
from tourbook.accounts.staff import organisations, staff
from tourbook.actor import COMMAND, Role
from tourbook.cli.group import Day, tourbook
from tourbook.db import db, new_id
from tourbook.errors import NotFound, Refused
from tourbook.kst import in_seoul
from tourbook.operations import disable_account, enable_account, end_all_sign_ins, end_role, grant_role

ROLES = click.Choice([role.value for role in STAFF])
REASON = click.option("--reason", required=True, help="Why; it stays with the role and goes into the trail.")


@tourbook.group()
def people() -> None:
    """Who works here: accounts of staff, and their roles."""


@people.command("add")
@click.argument("mail")
@click.option("--name", required=True, help="The name, as colleagues know it.")
@click.option("--role", type=ROLES, required=True)
@click.option("--organisation", help="For whom an operator works: its code.")
@click.option("--language", type=click.Choice(["ko", "en"]), default="ko", show_default=True)
@click.password_option(help="Asked for where it is not given; on a command line others may read it.")
def add(mail: str, name: str, role: str, organisation: str | None, language: str, password: str) -> None:
    """Make an account with a role, above all the first administrator's. Others are invited on the pages."""
    newcomer = Newcomer(name, mail, password, language)
    add_person(newcomer, role=Role(role), organisation=organisation, actor=COMMAND, now=clock.now())
    click.echo(f"{mail} can sign in as {role}")


@people.command("grant")
@click.argument("mail")
@click.option("--role", type=ROLES, required=True)
@click.option("--organisation", help="For whom an operator works: its code.")
@click.option("--from", "first_day", type=Day(), help="The first day; without it, at once.")
@click.option("--until", "last_day", type=Day(), help="The last day, included; without it, for good.")
@REASON
def grant(
    mail: str, role: str, organisation: str | None, first_day: date | None, last_day: date | None, reason: str
) -> None:
    """Give a role to whoever has the account of MAIL."""
    terms = RoleTerms(Role(role), organisation, first_day, last_day, reason)
    person_id = _account(mail)
    grant_role(person_id, terms, form_id=str(new_id()), actor=COMMAND, now=clock.now())
    click.echo(f"{mail}: {_told(roles_of(db.session(), person_id)[0])}")


@people.command("end")
@click.argument("mail")
@click.option("--until", "last_day", type=Day(), help="The last day, included; without it, now.")
@REASON
def end(mail: str, last_day: date | None, reason: str) -> None:
    """Let the role of MAIL end: the one in force, else the next to come."""
    person_id, now = _account(mail), clock.now()
    ahead = [one for one in roles_of(db.session(), person_id) if not one.span.is_over_at(now)]
    if not ahead:
        raise Refused("no_role_in_force")
    grant_id = ahead[-1].grant.id
    end_role(grant_id, last_day=last_day, reason=reason, actor=COMMAND, now=now)
    (ended,) = [one for one in roles_of(db.session(), person_id) if one.grant.id == grant_id]
    click.echo(f"{mail}: {_told(ended)}")


@people.command("disable")
@click.argument("mail")
@REASON
def disable(mail: str, reason: str) -> None:
    """Close the account of MAIL: its roles and sign-ins end at once."""
    done = disable_account(_account(mail), reason=reason, actor=COMMAND, now=clock.now())
    click.echo(f"{mail}: disabled" if done else f"{mail}: was disabled already")


@people.command("enable")
@click.argument("mail")
@REASON
def enable(mail: str, reason: str) -> None:
    """Open the account of MAIL again, without the roles that it had."""
    done = enable_account(_account(mail), reason=reason, actor=COMMAND, now=clock.now())
    click.echo(f"{mail}: open again" if done else f"{mail}: was open already")


@people.command("sign-out")
@click.argument("mail")
def sign_out(mail: str) -> None:
    """End all sign-ins of MAIL."""
    click.echo(f"{mail}: {end_all_sign_ins(_account(mail), actor=COMMAND, now=clock.now())} sign-ins ended")


@people.command("list")
def list_people() -> None:
    """Everybody who works here, did or will, with every role that they were given."""
    now = clock.now()
    for one in staff(db.session()):
        click.echo(f"{one.person.mail}  {one.person.name}  {one.standing(now)}")
        for role in one.roles:
            click.echo(f"  {_told(role)}")


def _account(mail: str) -> UUID:
    found = person_by_mail(db.session(), mail)
    if found is None:
        raise NotFound("account_unknown")
    return found.id


def _told(role: Held) -> str:
    """A role in one line: what it is, for whom, and its days."""
    organisation = organisations(db.session()).get(role.grant.organisation_id) if role.grant.organisation_id else None
    works_for = f" for {organisation.code}" if organisation else ""
    until = f" until {_moment(role.span.ends_at)}" if role.span.ends_at else ""
    return f"{role.grant.role}{works_for} from {_moment(role.span.begins_at)}{until}"


def _moment(moment: datetime) -> str:
    return f"{in_seoul(moment):%Y-%m-%d %H:%M} KST"
