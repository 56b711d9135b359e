"""Pages for citizens: courses, dates, applying, and one's own applications."""

from tourbook.web.citizen import views as views  # the views put themselves on the blueprint
from tourbook.web.citizen.blueprint import blueprint as blueprint
