"""What is said of clearance on pages for everybody: authorities, and where a visitor stands, in plain words."""

from flask_babel import lazy_gettext as _

from tourbook.clearance import Authority

AUTHORITIES = {
    Authority.NIS: _("National Intelligence Service"),
    Authority.ARMY: _("Army unit of the area"),
    Authority.UN_COMMAND: _("UN Command"),
}


def authority_name(authority: Authority) -> str:
    """Who it is, in the language of the page."""
    return str(AUTHORITIES[authority])
