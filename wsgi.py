"""Makes the application for the server (`granian wsgi:app`) and for the `flask` command."""

import gc
import os
import sys

gc.disable()  # Until all is loaded: it stays for good, and looking through it for garbage again and again is in vain.

from heartport.app import create_app
from heartport.config import SettingsError, load_settings
from heartport.content import ContentRefused
from heartport.scoring.problems import ScalesRefused

FILES_ONLY = frozenset({"scales", "keys", "library", "topics"})
"""Commands that work on files alone, so that they need no settings."""

try:
    app = create_app(load_settings(os.environ))
except (SettingsError, ContentRefused, ScalesRefused) as problem:
    if FILES_ONLY.isdisjoint(sys.argv):
        raise SystemExit(str(problem)) from None
    from heartport.command_line import create_files_app

    app = create_files_app(problem)
else:
    if "FLASK_RUN_FROM_CLI" in os.environ:  # What serves requests loads no command.
        from heartport import command_line

        command_line.init_app(app)

if "FLASK_RUN_FROM_CLI" in os.environ:
    from heartport import migrations

    migrations.init_app(app)

gc.freeze()
gc.set_threshold(10_000, 10, 10)
gc.enable()
