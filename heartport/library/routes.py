"""HTTP of the library: articles, tracks, news and the shelves they stand on."""

from collections.abc import Iterable

from flask import Response, json, request

from heartport import clock
from heartport.errors import Invalid, RangeNotSatisfiable
from heartport.library.addresses import PATH
from heartport.library.cards import HotlineCardOut, hotline_card
from heartport.library.listing import LONGEST_QUERY, Narrowed, list_page, search_page
from heartport.library.media import CONTENT_TYPES, MediaExpired, MediaUnknown, current_media, find_file
from heartport.library.rules import Kind, Level, ThingKind
from heartport.library.schemas import (
    SLUG_SHAPE,
    ArticleBriefOut,
    ArticleOut,
    CategoriesOut,
    FoundOut,
    NewsBriefOut,
    NewsOut,
    ShelfPageOut,
    TrackBriefOut,
    TrackOut,
    article_brief_out,
    article_out,
    categories_out,
    news_brief_out,
    news_out,
    track_brief_out,
    track_out,
)
from heartport.library.shelf import ThingUnknown, current_shelf, find_thing, list_things
from heartport.library.stock import Thing
from heartport.web.contract import STORES_FAIL, Blueprint
from heartport.web.entity_tags import ENTITY_HEADERS, IF_NONE_MATCH, answer_entity, entity
from heartport.web.files import CONTENT_RANGE, FILE_HEADERS, IF_RANGE, RANGE, Said, answer_elsewhere, answer_file
from heartport.web.paging import PAGING, wanted_page
from heartport.web.shapes import Parameter, one_of

CATEGORY = Parameter("category", "query", "Only what stands on this shelf.", {"type": "string"}, example="self")
TOPIC = Parameter("topic", "query", "Only what is about this topic.", {"type": "string"}, example="sleep")
LEVEL = Parameter("level", "query", "Only this level.", {"type": "string", **one_of(Level)})
KIND = Parameter("kind", "query", "Only this kind.", {"type": "string", **one_of(Kind)})
ARTICLE_SLUG = Parameter("slug", "path", "A slug or an id.", {"type": "string", **SLUG_SHAPE}, example="awake-at-two")
TRACK_ID = Parameter("track_id", "path", "An id or a slug.", {"type": "string", **SLUG_SHAPE}, example="rain")
NEWS_SLUG = Parameter(
    "slug", "path", "A slug or an id.", {"type": "string", **SLUG_SHAPE}, example="welcome-to-the-library"
)

SEARCHED = [kind.value for kind in ThingKind if kind is not ThingKind.LIST]
QUERY = Parameter(
    "q",
    "query",
    "What to look for, as people say it.",
    {"type": "string", "maxLength": LONGEST_QUERY, "pattern": r"\S"},
    required=True,
    example="睡不着",
)
SEARCHED_KIND = Parameter("kind", "query", "Only this kind.", {"type": "string", **one_of(SEARCHED)})
SIGNATURE = Parameter(
    "signature",
    "path",
    "As an address that was given out has it.",
    {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,40}$"},
)
NAME = Parameter("name", "path", "The same.", {"type": "string", "maxLength": 80})
BYTES = {"type": "string", "format": "binary"}

media = Blueprint("media", __name__, url_prefix=PATH, description="声音与图片 Sound, pictures, captions")
articles = Blueprint("articles", __name__, url_prefix="/api/v1/articles", description="科普 Articles")
tracks = Blueprint("tracks", __name__, url_prefix="/api/v1/tracks", description="解忧空间 Audio and video")
news = Blueprint("news", __name__, url_prefix="/api/v1/news", description="资讯 News")
search = Blueprint("search", __name__, url_prefix="/api/v1/search", description="搜索 Search")
categories = Blueprint("categories", __name__, url_prefix="/api/v1/categories", description="分类 Shelves and topics")


@categories.get("")
@categories.takes(IF_NONE_MATCH)
@categories.answers(200, CategoriesOut, headers=ENTITY_HEADERS)
@categories.answers(304, headers=ENTITY_HEADERS)
def show_categories() -> Response:
    """Show the shelves and the topics."""
    return _answer(categories_out(current_shelf(), list_things()))


@articles.get("")
@articles.takes(CATEGORY, TOPIC, LEVEL, *PAGING, IF_NONE_MATCH)
@articles.answers(200, ShelfPageOut[ArticleBriefOut], headers=ENTITY_HEADERS)
@articles.answers(304, headers=ENTITY_HEADERS)
@articles.refuses(Invalid)
def list_articles() -> Response:
    """Show the articles, the newest first."""
    asked = Narrowed(request.args.get("category"), request.args.get("topic"), _one_of("level", Level))
    return _answer(list_page(ThingKind.ARTICLE, asked, wanted_page(), article_brief_out))


@articles.get("/<slug>")
@articles.takes(ARTICLE_SLUG, IF_NONE_MATCH)
@articles.answers(200, ArticleOut, headers=ENTITY_HEADERS)
@articles.answers(304, headers=ENTITY_HEADERS)
@articles.refuses(ThingUnknown)
def show_article(slug: str) -> Response:
    """Show one article; an earlier slug leads to it too, and `slug` says its name of today."""
    found = find_thing(ThingKind.ARTICLE, slug)
    return _answer(article_out(found, current_shelf(), _card_of(found)))


@tracks.get("")
@tracks.takes(CATEGORY, TOPIC, KIND, *PAGING, IF_NONE_MATCH)
@tracks.answers(200, ShelfPageOut[TrackBriefOut], headers=ENTITY_HEADERS)
@tracks.answers(304, headers=ENTITY_HEADERS)
@tracks.refuses(Invalid)
def list_tracks() -> Response:
    """Show audio and video, the newest first."""
    asked = Narrowed(request.args.get("category"), request.args.get("topic"), kind=_one_of("kind", Kind))
    return _answer(list_page(ThingKind.TRACK, asked, wanted_page(), track_brief_out))


@tracks.get("/<track_id>")
@tracks.takes(TRACK_ID, IF_NONE_MATCH)
@tracks.answers(200, TrackOut, headers=ENTITY_HEADERS)
@tracks.answers(304, headers=ENTITY_HEADERS)
@tracks.refuses(ThingUnknown)
def show_track(track_id: str) -> Response:
    """Show one track, with its guidance as text."""
    found = find_thing(ThingKind.TRACK, track_id)
    return _answer(track_out(found, current_shelf(), _card_of(found)))


@news.get("")
@news.takes(TOPIC, *PAGING, IF_NONE_MATCH)
@news.answers(200, ShelfPageOut[NewsBriefOut], headers=ENTITY_HEADERS)
@news.answers(304, headers=ENTITY_HEADERS)
@news.refuses(Invalid)
def list_news() -> Response:
    """Show the news, the newest first."""
    return _answer(list_page(ThingKind.NEWS, Narrowed(topic=request.args.get("topic")), wanted_page(), news_brief_out))


@news.get("/<slug>")
@news.takes(NEWS_SLUG, IF_NONE_MATCH)
@news.answers(200, NewsOut, headers=ENTITY_HEADERS)
@news.answers(304, headers=ENTITY_HEADERS)
@news.refuses(ThingUnknown)
def show_news_item(slug: str) -> Response:
    """Show one news item; an earlier slug leads to it too."""
    found = find_thing(ThingKind.NEWS, slug)
    return _answer(news_out(found, current_shelf(), _card_of(found)))


@media.get("/<signature>/<name>")
@media.takes(SIGNATURE, NAME, RANGE, IF_RANGE, IF_NONE_MATCH)
@media.answers(200, BYTES, headers=FILE_HEADERS, content_type=tuple(CONTENT_TYPES.values()))
@media.answers(206, BYTES, headers=(*FILE_HEADERS, CONTENT_RANGE), content_type=tuple(CONTENT_TYPES.values()))
@media.answers(304, headers=FILE_HEADERS)
@media.refuses(MediaUnknown, MediaExpired, RangeNotSatisfiable, *STORES_FAIL)
def send_media(signature: str, name: str) -> Response:
    """Send a file, whole or in part; its address is the credential, since players send no token."""
    found = find_file(signature, name)
    left = int((found.until - clock.now()).total_seconds())
    facts, place = found.facts, current_media().accel
    said = Said(found.content_type, facts["digest"], left)
    if place:
        return answer_elsewhere(f"{place}{facts['name']}", said)
    return answer_file(found.path, said)


@search.get("")
@search.takes(QUERY, SEARCHED_KIND, *PAGING)
@search.answers(200, FoundOut)
@search.refuses(Invalid)
def search_library() -> FoundOut:
    """Find by words what is shown now; hotlines come first where they speak of a crisis. Nothing of it is noted."""
    return search_page(request.args.get("q", ""), _one_of("kind", SEARCHED), wanted_page())


def _answer(made: object) -> Response:
    return answer_entity(entity(json.dumps(made).encode()))


def _card_of(thing: Thing) -> HotlineCardOut | None:
    return hotline_card() if thing.crisis else None


def _one_of(name: str, values: Iterable[str]) -> str | None:
    """Return a parameter that has few values; raises `Invalid` that names them."""
    said = request.args.get(name)
    known = [str(each) for each in values]
    if said is not None and said not in known:
        raise Invalid(errors={name: [f"请选择这些之一：{'、'.join(known)}。"]})
    return said
