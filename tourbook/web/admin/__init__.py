"""Pages for administrators: orders, measures, the level table, courses and the trail."""

from tourbook.web.admin import changes as changes  # the views put themselves on the blueprint
from tourbook.web.admin import measures as measures
from tourbook.web.admin import orders as orders
from tourbook.web.admin import views as views
from tourbook.web.admin.blueprint import blueprint as blueprint
