"""Pages for administrators: orders, measures, the level table, courses and the trail."""

from tourbook.web.admin import views as views  # the views put themselves on the blueprint
from tourbook.web.admin.blueprint import blueprint as blueprint
