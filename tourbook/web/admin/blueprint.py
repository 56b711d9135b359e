"""The administrators' blueprint, by itself so that several modules can put their views on it."""

from flask import Blueprint

from tourbook.web.language import PREFIX

blueprint = Blueprint("admin", __name__, url_prefix=f"{PREFIX}/admin")
