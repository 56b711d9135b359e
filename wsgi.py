"""The WSGI application, configured from the environment: `flask --app wsgi ...` and the server start here."""

from config import Config, SettingsRefused
from tourbook.app import create_app

try:
    app = create_app(Config.from_env())
except SettingsRefused as refused:  # a sentence, not a traceback: whoever starts it has something to set
    raise SystemExit(str(refused)) from None
