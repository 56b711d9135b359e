"""What is refused when people make accounts and sign in."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from tourbook.web.sentences.counted import Counted, counted

SENTENCES: dict[str, LazyString | Counted] = {
    "sign_in_failed": _(
        "Email address and password do not belong together. Check both; capital and small letters count in the "
        "password."
    ),
    "sign_in_slow_down": counted(
        "There were too many failed attempts. Wait a second, then try again.",
        "There were too many failed attempts. Wait %(seconds)s seconds, then try again.",
        by="seconds",
    ),
    "sign_in_busy": counted(
        "Many people are signing in right now. Try again in a second.",
        "Many people are signing in right now. Try again in %(seconds)s seconds.",
        by="seconds",
    ),
    "sign_in_again": _("The sign-in took too long or is over. Sign in again."),
    "factor_code_wrong": _("This code is not right, or it was used already. Wait for the next one and enter that."),
    "recovery_code_wrong": _("This is none of your recovery codes, or it was used already. Try another one."),
    "factor_there": _("The account has a second factor already."),
    "factor_not_begun": _("There is no second factor to confirm. Begin again."),
    "factor_gone": _("The account has no second factor."),
    "person_unknown": _("There is no account with this email address."),
    "mail_not_one": _("Enter an email address like name@example.kr."),
    "name_missing": _("Enter the name."),
    "mail_taken": _("There is an account with this email address already. Sign in with it, or use another address."),
    "passkey_wrong": _("This passkey could not be confirmed. Try once more, or choose another way."),
    "passkey_too_late": _("It took too long, and five minutes are over. Try once more."),
    "passkey_copied": _(
        "This passkey may have been copied, so it is not accepted. Sign in in another way, remove it, and tell your "
        "administrator."
    ),
    "passkey_there": _("This device has a passkey here already. Sign in with that one, or add another device."),
    "passkeys_too_many": _("There are %(most)s passkeys already, and more are not kept. Remove one first."),
    "passkey_gone": _("The account has no such passkey any more."),
    "passkeys_not_here": _("Passkeys cannot be used at this address. Choose another way."),
    "provider_silent": _(
        "The site where you would sign in does not answer just now. Try again in a minute, or sign in with your "
        "password."
    ),
    "provider_slow_down": _("There were too many failed attempts from your network. Wait a minute, then try again."),
    "provider_declined": _(
        "You did not agree there, so nothing was done here. Try again, or sign in with your password."
    ),
    "provider_refused": _(
        "What came back from there could not be confirmed. Try again; if it happens once more, sign in with your "
        "password and tell us."
    ),
    "provider_lost": _(
        "This browser does not know what you came back from: it took more than ten minutes, was begun in another "
        "browser, or cookies are off. Try again."
    ),
    "provider_used": _("This was used to sign in already. Try again."),
    "identity_unlinked": _(
        "No account that is open here is linked to it. Sign in with your password once, and link it under “Sign-ins "
        "and password”; from then on it works without."
    ),
    "identity_taken": _(
        "Another account here is linked to it already. Sign in with that one, or take the link away there first."
    ),
    "identity_there": _("The account is linked already. Take that link away first."),
    "identity_none": _("The account is not linked."),
    "link_too_late": _("It took more than five minutes, or was done already. Begin again with “Link it”."),
    "password_short": _("Use at least %(shortest)s characters. Three or four words in a row make a good password."),
    "password_long": _("Use at most %(longest)s characters."),
    "password_common": _("Guessers try this password first. Choose another one, for example four words in a row."),
    "password_wrong": _("This is not your password now. Capital and small letters count."),
    "contact_wrong": _(
        "The application goes by another contact. Enter the one that you gave when you applied; its beginning is on "
        "the page of the application."
    ),
    "operator_needs_organisation": _("An operator needs an organisation, and nobody else has one."),
    "account_shared": _(
        "Everybody who looks at this demonstration signs in with this account. So its password, its roles and how one "
        "signs in stay as they are, it is not closed, and nobody else is signed out of it. To try that, register an "
        "account of your own."
    ),
    "account_unknown": _("There is no such account."),
    "account_disabled": _("This account is disabled. Open it again first."),
    "own_role": _("You cannot decide about your own account. Ask another administrator."),
    "role_unknown": _("There is no such role."),
    "role_of_everybody": _("Choose operator or administrator. Everybody with an account can apply as a citizen."),
    "role_reason_missing": _("Say why; it stays with the role and goes into the trail."),
    "role_begins_in_past": _("A role cannot begin in the past. Enter today or a later day, or leave it empty."),
    "role_ends_before_it_begins": _("The last day comes before the first. Enter a later one, or leave it empty."),
    "role_ends_in_past": _("This day has passed. Enter today or a later day, or leave it empty to end the role now."),
    "role_ends_sooner": _(
        "This role ends sooner already, and its end can only be moved forward. Give another role that begins after it."
    ),
    "role_beside_another": _(
        "There is a role in this time already, and nobody has two at once. End that one first, or choose other days."
    ),
    "last_administrator": _(
        "Nobody else would be an administrator without an end then. Make somebody else an administrator first."
    ),
    "administrator_with_end": _(
        "Nobody would be an administrator after that day. Leave it empty, or first make somebody an administrator "
        "without an end."
    ),
    "organisation_retired": _("This organisation is retired. Choose another one, or reopen it first."),
    "organisation_gone": _("There is no such organisation."),
    "organisation_code_taken": _("There is an organisation with this code already. Choose another code."),
    "organisation_nameless": _("Enter the name in both languages."),
    "organisation_has_operators": _("This organisation still has operators, now or to come. End their roles first."),
    "invitation_gone": _(
        "This link does not count any more: it was used, is too old, or a newer one was sent. Ask an administrator to "
        "invite you again."
    ),
    "password_link_gone": _(
        "This link does not count any more: it was used, is older than an hour, or a newer one was sent. If you have "
        "just chosen a password with it, sign in with that. Otherwise press “Choose a new password” on the sign-in "
        "page for another link."
    ),
    "registration_gone": _(
        "This link does not count any more: it was used, is older than a day, or a newer one was sent. If you have "
        "chosen a password with it, sign in with that. Otherwise create the account once more for another link."
    ),
    "letters_asked_often": counted(
        "Too many emails were asked for. Look into your mailbox and your spam folder, or try again in a minute.",
        "Too many emails were asked for. Look into your mailbox and your spam folder, or try again in "
        "%(minutes)s minutes.",
        by="minutes",
    ),
    "not_invited": _("This account is not waiting for a password, so no new link is needed."),
    "companion_unknown": _("This companion is not kept for your account, or not any more."),
    "companion_gone": _("One of those you ticked is not kept any more. Tick again whom to bring."),
    "companion_twice": _("This person is kept already. Delete one of the two entries."),
    "companions_too_many": counted(
        "You ticked more people than there are places left to fill in. One place is left.",
        "You ticked more people than there are places left to fill in. %(places)s places are left.",
        by="places",
    ),
    "organisation_unknown": _("There is no organisation with the code %(organisation)s."),
}
