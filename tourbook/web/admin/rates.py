"""How often people do not come, on all courses."""

from werkzeug.wrappers import Response

from tourbook.web.access import Permission, permission
from tourbook.web.admin.blueprint import blueprint
from tourbook.web.rates import rates_csv, rates_page


@blueprint.get("/no-shows")
@permission(Permission.ADMINISTRATOR)
def no_shows() -> Response:
    """Rates with their uncertainty; `?first=` and `?last=` say of which days."""
    return rates_page("admin/no_shows.html")


@blueprint.get("/no-shows.csv")
@permission(Permission.ADMINISTRATOR)
def no_shows_csv() -> Response:
    """The same as a file."""
    return rates_csv()
