"""How things look to people: instants, days and numbers in the language of the page."""

from typing import Any

from flask import Flask, current_app, g, request

from tourbook.web.language import address_in, current_language, other_language


def init_app(app: Flask) -> None:
    """Give templates what the layouts need."""
    app.context_processor(_layout_context)


def _layout_context() -> dict[str, Any]:
    config = current_app.config["TOURBOOK"]
    return {
        "lang": current_language(),
        "other_lang": other_language(),
        "other_lang_url": address_in(other_language()),
        "save_data": request.headers.get("Save-Data", "").lower() == "on",
        "signed_in": g.get("signed_in"),
        "official_site": config.official_site,
        "contact_phone": config.contact_phone,
        "config_demo": config.demo,
    }
