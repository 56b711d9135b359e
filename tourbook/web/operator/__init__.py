"""Pages for operators: their departures, rosters and who came."""

from tourbook.web.operator import views as views  # the views put themselves on the blueprint
from tourbook.web.operator.blueprint import blueprint as blueprint
