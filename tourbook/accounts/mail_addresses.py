"""What a mail address is, wherever one is typed: on pages, at the gate, at the command line. Pure."""

import unicodedata

import email_validator


def mail_address(typed: str) -> str | None:
    """A mail address in its normal form; nobody is asked whether it exists. None: it is not one."""
    plain = unicodedata.normalize("NFKC", typed).strip()
    try:
        return email_validator.validate_email(plain, check_deliverability=False).normalized
    except email_validator.EmailNotValidError:
        return None
