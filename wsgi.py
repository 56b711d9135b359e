"""The WSGI application, configured from the environment: `flask --app wsgi ...` and the server start here."""

from config import Config
from tourbook.app import create_app

app = create_app(Config.from_env())
