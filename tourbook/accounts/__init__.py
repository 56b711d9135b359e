"""Accounts: people who sign in, what they are to the service, and the organisations that operators work for.

Passwords are kept as argon2id; a sign-in is a row, so that ending it ends it everywhere at once. Applying needs no
account.
"""

from tourbook.accounts.models import Organisation, Person
from tourbook.accounts.service import (
    Newcomer,
    NewSignIn,
    SignedIn,
    add_person,
    enter_organisation,
    enter_person,
    keep_awake,
    organisation_by_code,
    password_flaw,
    person_by_mail,
    person_of_sign_in,
    register,
    sign_in,
    sign_out,
    tidy,
)

__all__ = [
    "NewSignIn",
    "Newcomer",
    "Organisation",
    "Person",
    "SignedIn",
    "add_person",
    "enter_organisation",
    "enter_person",
    "keep_awake",
    "organisation_by_code",
    "password_flaw",
    "person_by_mail",
    "person_of_sign_in",
    "register",
    "sign_in",
    "sign_out",
    "tidy",
]
