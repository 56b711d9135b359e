"""The WSGI application, configured from the environment: `flask --app wsgi ...` and the server start here."""

import gc

gc.disable()  # until it is made: nearly all that is made here stays, and to look it through again and again takes time

from config import Config, SettingsRefused  # noqa: E402 - what is imported is most of it
from tourbook import logs  # noqa: E402 - likewise
from tourbook.app import create_app  # noqa: E402 - likewise

try:
    config = Config.from_env()
    if config.logs_json:
        logs.write_json(build=config.build)
    app = create_app(config)
except SettingsRefused as refused:  # a sentence, not a traceback: whoever starts it has something to set
    raise SystemExit(str(refused)) from None

gc.freeze()  # nor is it looked through later, while people wait
gc.enable()
