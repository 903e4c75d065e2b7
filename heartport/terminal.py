"""Commands that answer a refusal in one line, as routes answer it with a problem."""

import click
from flask.cli import AppGroup

from heartport.errors import Refusal


class Commands(AppGroup):
    """A group of commands whose refusals end with their code and text, and with status 1."""

    def invoke(self, ctx: click.Context) -> object:
        """Run a command of the group."""
        try:
            return super().invoke(ctx)
        except Refusal as refusal:
            lines = [f"{refusal.code}: {refusal.detail}"]
            lines += [f"{field}: {' '.join(messages)}" for field, messages in refusal.errors.items()]
        raise click.ClickException("\n".join(lines))
