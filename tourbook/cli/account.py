"""Accounts at the command line: what nobody can do for themselves any more."""

import click

from tourbook import clock
from tourbook.accounts import forget_factor, unlink_for
from tourbook.actor import COMMAND
from tourbook.cli.group import tourbook
from tourbook.notices import Kind, telling_owner


@tourbook.group()
def account() -> None:
    """Accounts of people who sign in."""


@account.command("forget-factor")
@click.argument("mail")
@click.option("--reason", required=True, help="Why; it goes into the trail, and nowhere else: no names, no addresses.")
def forget_factor_command(mail: str, reason: str) -> None:
    """Take away the second factor of the account MAIL, whose phone and recovery codes are lost, and end all its
    sign-ins. The owner is written to. First make sure, by more than a mail, that it is the owner who asks.
    """
    now = clock.now()
    forget_factor(mail, reason=reason, tell=telling_owner(Kind.FACTOR_REMOVED, now=now), actor=COMMAND, now=now)
    click.echo("the second factor is taken away, and all sign-ins of the account are ended")


@account.command("unlink")
@click.argument("mail")
@click.option("--reason", required=True, help="Why; it goes into the trail, and nowhere else: no names, no addresses.")
def unlink_command(mail: str, reason: str) -> None:
    """Take the link to the sign-in provider from the account MAIL, and end all its sign-ins, e.g. since its account
    there is somebody else's now. The owner is written to, and signs in with the password.
    """
    now = clock.now()
    unlink_for(mail, reason=reason, tell=telling_owner(Kind.IDENTITY_UNLINKED, now=now), actor=COMMAND, now=now)
    click.echo("the link is taken away, and all sign-ins of the account are ended")
