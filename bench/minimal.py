"""The yardstick of a submission: FastAPI and SQLAlchemy that score a PHQ-9 and store it in clear, and nothing else.

No token, no consent, no strict reader, no flags, no attempt that is recognised, no sealing, one store. Its commits are
as durable as ours.
"""

import os
from bisect import bisect_right
from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import Depends, FastAPI
from pydantic import BaseModel, Field
from sqlalchemy import JSON, create_engine, event
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

ITEMS = tuple(f"q{number}" for number in range(1, 10))
EDGES, BANDS = (5, 10, 15, 20), ("minimal", "mild", "moderate", "moderately_severe", "severe")
THREADS = 8
"""As many connections as our own server keeps."""

Choice = Annotated[int, Field(ge=0, le=3)]


class Base(DeclarativeBase):
    """The parent of the one table."""


class Response(Base):
    __tablename__ = "responses"

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[str]
    answers: Mapped[dict[str, Any]] = mapped_column(JSON)
    score: Mapped[int]
    band: Mapped[str]


class Sheet(BaseModel):
    version: str
    attempt_id: str
    answers: dict[str, Choice]
    duration_ms: int


class Scored(BaseModel):
    id: int
    score: int
    band: str


engine = create_engine(f"sqlite:///{os.environ['BENCH_MINIMAL_DATABASE']}", pool_size=THREADS)


@event.listens_for(engine, "connect")
def commit_to_the_disk(connection: Any, _record: object) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000"):
        connection.execute(f"PRAGMA {pragma}")


Base.metadata.create_all(engine)
app = FastAPI(openapi_url=None)


def session() -> Iterator[Session]:
    with Session(engine, expire_on_commit=False) as opened:
        yield opened


@app.post("/api/v1/scales/phq9/submissions", status_code=201)
def submit(sheet: Sheet, opened: Annotated[Session, Depends(session)]) -> Scored:
    score = sum(sheet.answers[item] for item in ITEMS)
    band = BANDS[bisect_right(EDGES, score)]
    kept = Response(attempt_id=sheet.attempt_id, answers=sheet.answers, score=score, band=band)
    opened.add(kept)
    opened.commit()
    return Scored(id=kept.id, score=score, band=band)


@app.get("/readyz")
def ready() -> dict[str, str]:
    return {"status": "ready"}
