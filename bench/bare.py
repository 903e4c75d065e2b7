"""The yardstick of a request: Flask answering JSON and nothing else."""

from flask import Flask

app = Flask(__name__, static_folder=None)


@app.get("/json")
def answer() -> dict[str, str]:
    """Answer what a minimal Flask application answers."""
    return {"status": "ok"}


@app.get("/readyz")
def ready() -> dict[str, str]:
    """Say that requests are served."""
    return {"status": "ready"}
