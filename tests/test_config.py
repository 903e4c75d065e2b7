"""Each setting that is wrong or missing stops the start with one line that names it and never repeats it."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from heartport.config import ROOT, STORES, Settings, SettingsError, load_settings, scale_directories
from heartport.vault.providers import DEVELOPMENT_ROOT, new_keys, provider_for

SECRET = "oSecret42"
DEMO = {"HEARTPORT_DEMO": "1"}
PRODUCTION = {
    "HEARTPORT_DATABASE_URL": "postgresql://server/heartport",
    "HEARTPORT_WECHAT_APP_ID": "wx0123456789abcdef",
    "HEARTPORT_WECHAT_APP_SECRET": f"{SECRET}-of-wechat",
    "HEARTPORT_KEYS": new_keys(),
}
SECRETIVE = {
    **PRODUCTION,
    "HEARTPORT_DATABASE_URL": f"postgresql://operator:{SECRET}@server/heartport",
    "HEARTPORT_DATABASE_URL_KEYS": f"postgresql://keys:{SECRET}@server/heartport",
    "HEARTPORT_REDIS_URL": f"redis://:{SECRET}@server:6379/0",
    "HEARTPORT_KEYS": SECRET,
}


def refusal_of(environ: Mapping[str, str]) -> str:
    with pytest.raises(SettingsError) as caught:
        load_settings(environ)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None, "the first exception holds the value"
    return str(caught.value)


def test_the_demo_needs_nothing() -> None:
    settings = load_settings(DEMO)
    assert (settings.demo, settings.port, settings.log_level) == (True, 8000, "INFO")
    assert settings.data_dir == ROOT / "var"
    assert settings.content_dir == ROOT / "content"
    assert settings.scale_dirs == (ROOT / "scales",)
    assert {store: url.database for store, url in settings.store_urls.items()} == {
        store: str(ROOT / "var" / f"{store}.sqlite3") for store in STORES
    }
    assert (settings.redis_url, settings.wechat_api_base, settings.trusted_proxies) == (None, None, 0)


def test_production_starts_with_the_four_settings_it_needs() -> None:
    settings = load_settings(PRODUCTION)
    assert settings.demo is False
    assert settings.wechat_app_id == "wx0123456789abcdef"


@pytest.mark.parametrize("name", PRODUCTION)
def test_production_names_what_is_missing(name: str) -> None:
    environ = {key: value for key, value in PRODUCTION.items() if key != name}
    for left in (environ, {**environ, name: ""}):
        line = refusal_of(left)
        assert line.startswith("HEARTPORT_KEY_FILE" if name == "HEARTPORT_KEYS" else name)
        assert "missing" in line


@pytest.mark.parametrize("demo", ["0", ""])
def test_production_is_demo_unset(demo: str) -> None:
    assert load_settings({**PRODUCTION, "HEARTPORT_DEMO": demo}).demo is False


@pytest.mark.parametrize(("value", "noncommercial"), [("1", True), ("0", False), ("", False)])
def test_a_deployment_is_commercial_unless_it_says_otherwise(value: str, noncommercial: bool) -> None:
    assert load_settings({**PRODUCTION, "HEARTPORT_NONCOMMERCIAL": value}).noncommercial is noncommercial


WRONG = [
    ("HEARTPORT_DEMO", "true"),
    ("HEARTPORT_DEMO", " 1"),
    ("HEARTPORT_NONCOMMERCIAL", "yes"),
    ("HEARTPORT_PORT", "0"),
    *[("HEARTPORT_RETENTION_SHARED_RESULTS_DAYS", value) for value in ("0", "181", "a month", "-1")],
    *[("HEARTPORT_RETENTION_CASE_RECORDS_YEARS", value) for value in ("0", "31", "2.5", "ten")],
    *[("HEARTPORT_RETENTION_APPOINTMENTS_DAYS", value) for value in ("179", "3651", "a year", "-1")],
    *[("HEARTPORT_RETENTION_APPOINTMENT_PHONES_DAYS", value) for value in ("0", "91", "a week", "1.5")],
    ("HEARTPORT_PORT", "65536"),
    ("HEARTPORT_PORT", "-1"),
    ("HEARTPORT_PORT", "８０"),
    ("HEARTPORT_PORT", f"8000 {SECRET}"),
    ("HEARTPORT_PORT", "9" * 5_000),
    ("HEARTPORT_CONTENT_DIR", f"/nowhere/{SECRET}"),
    ("HEARTPORT_SCALE_DIRS", f"/nowhere/{SECRET}"),
    ("HEARTPORT_DATABASE_URL", SECRET),
    ("HEARTPORT_DATABASE_URL", f"mysql://u:{SECRET}@h/d"),
    ("HEARTPORT_DATABASE_URL", f"postgresql+psycopg2://u:{SECRET}@h/d"),
    ("HEARTPORT_DATABASE_URL", f"postgresql://u:{SECRET}@h:port/d"),
    ("HEARTPORT_DATABASE_URL", f"postgresql://u:{SECRET}@h"),
    ("HEARTPORT_DATABASE_URL", "sqlite://"),
    ("HEARTPORT_DATABASE_URL", "sqlite:///:memory:"),
    ("HEARTPORT_DATABASE_URL_MAIN", SECRET),
    ("HEARTPORT_DATABASE_URL_KEYS", f"oracle://u:{SECRET}@h/d"),
    ("HEARTPORT_DATABASE_URL_VAULT", f"postgresql://u:{SECRET}@h:99999999/"),
    ("HEARTPORT_REDIS_URL", SECRET),
    ("HEARTPORT_REDIS_URL", f"http://:{SECRET}@h"),
    ("HEARTPORT_REDIS_URL", f"redis://:{SECRET}@h:port/0"),
    ("HEARTPORT_REDIS_URL", f"redis://:{SECRET}@h:99999/0"),
    ("HEARTPORT_REDIS_URL", f"redis://h?db={SECRET}"),
    ("HEARTPORT_REDIS_URL", f"redis://h?socket_timeout={SECRET}"),
    ("HEARTPORT_REDIS_URL", f"redis://h/{SECRET}"),
    ("HEARTPORT_REDIS_URL", f"redis://:{SECRET}@h:0/0"),
    ("HEARTPORT_REDIS_URL", f"redis://:{SECRET}@[h/0"),
    ("HEARTPORT_REDIS_URL", f"unix:///{SECRET}"),
    ("HEARTPORT_WECHAT_API_BASE", SECRET),
    ("HEARTPORT_WECHAT_API_BASE", f"ftp://{SECRET}"),
    ("HEARTPORT_WECHAT_API_BASE", "https://"),
    ("HEARTPORT_WECHAT_API_BASE", "https:///path"),
    ("HEARTPORT_WECHAT_API_BASE", f"https://u:{SECRET}@h/"),
    ("HEARTPORT_WECHAT_API_BASE", f"https://h/?token={SECRET}"),
    ("HEARTPORT_WECHAT_API_BASE", f"https://h/#{SECRET}"),
    ("HEARTPORT_WECHAT_API_BASE", f"https://h:{SECRET}/"),
    ("HEARTPORT_WECHAT_API_BASE", f"http://{SECRET}.example/"),
    ("HEARTPORT_KEY_FILE", f"/nowhere/{SECRET}"),
    ("HEARTPORT_TRUSTED_PROXIES", "10"),
    ("HEARTPORT_TRUSTED_PROXIES", "1.0"),
    ("HEARTPORT_ERASURE_LEDGER", f"{SECRET}/erasures.log"),
    ("HEARTPORT_RETENTION_RESULTS_HALF_YEARS", "1"),
    ("HEARTPORT_RETENTION_RESULTS_HALF_YEARS", "41"),
    ("HEARTPORT_INSIGHTS_FLOOR", "9"),
    ("HEARTPORT_INSIGHTS_FLOOR", "ten"),
    ("HEARTPORT_MEDIA_DAYS", "0"),
    ("HEARTPORT_MEDIA_DAYS", SECRET),
    ("HEARTPORT_MEDIA_ACCEL", f"/{SECRET}"),
    ("HEARTPORT_MEDIA_ACCEL", f"/../{SECRET}/"),
    ("HEARTPORT_MEDIA_BASE_URL", f"http://{SECRET}.example/"),
    ("HEARTPORT_MEDIA_BASE_URL", f"https://u:{SECRET}@h/"),
    ("HEARTPORT_MEDIA_KEY_ID", SECRET),
    ("HEARTPORT_MEDIA_SECRET_KEY", SECRET),
    ("HEARTPORT_MEDIA_REGION", f"{SECRET}/"),
    ("HEARTPORT_LOG_LEVEL", "debug"),
    ("HEARTPORT_LOG_LEVEL", SECRET),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_value_is_one_line_that_names_it_and_never_holds_it(name: str, value: str) -> None:
    line = refusal_of({**DEMO, name: value})
    assert line.startswith(f"{name}: ")
    assert "\n" not in line
    assert SECRET.lower() not in line.lower()
    assert len(line) < 160


def test_every_setting_is_tried_with_a_wrong_value() -> None:
    read_by_others = {"HEARTPORT_WECHAT_APP_ID", "HEARTPORT_WECHAT_APP_SECRET", "HEARTPORT_KEYS", "HEARTPORT_DATA_DIR"}
    source = (ROOT / "heartport" / "config.py").read_text(encoding="utf-8")
    names = {word.rstrip(":") for word in source.replace('"', " ").replace("`", " ").split() if "HEARTPORT_" in word}
    names = {name for name in names if name.isupper() and name.replace("_", "").isalnum()}
    assert names - read_by_others <= {name for name, _ in WRONG}


@pytest.mark.parametrize("store", ["MAIN", "KEYS", "VAULT"])
def test_production_refuses_sqlite(store: str) -> None:
    for name in ("HEARTPORT_DATABASE_URL", f"HEARTPORT_DATABASE_URL_{store}"):
        assert "postgresql" in refusal_of({**PRODUCTION, name: "sqlite:////tmp/x.sqlite3"})


@pytest.mark.parametrize("base", ["http://127.0.0.1:8001", "http://localhost", "http://api.weixin.qq.com", "HTTP://h"])
def test_production_refuses_a_wechat_without_encryption(base: str) -> None:
    assert refusal_of({**PRODUCTION, "HEARTPORT_WECHAT_API_BASE": base}).startswith("HEARTPORT_WECHAT_API_BASE")


@pytest.mark.parametrize(
    "base", ["http://127.0.0.1:8001", "http://localhost:8001/", "http://[::1]:8001", "https://h/p/"]
)
def test_the_demo_may_use_the_emulator_on_this_machine(base: str) -> None:
    assert load_settings({**DEMO, "HEARTPORT_WECHAT_API_BASE": base}).wechat_api_base == base.rstrip("/")


@pytest.mark.parametrize(
    "url", ["redis://h", "redis://:pw@h:6379/1", "rediss://h:6380", "redis+unix:///run/redis.sock"]
)
def test_the_usual_ways_to_redis_are_taken(url: str) -> None:
    assert load_settings({**DEMO, "HEARTPORT_REDIS_URL": url}).redis_url == url


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_three_roles_are_derived_from_one_server(scheme: str) -> None:
    url = f"{scheme}://operator:{SECRET}@server:5433/heartport?sslmode=require"
    settings = load_settings({**PRODUCTION, "HEARTPORT_DATABASE_URL": url})
    for store, derived in settings.store_urls.items():
        assert derived.drivername == "postgresql+psycopg"
        assert derived.username == f"heartport_{store}"
        assert (derived.host, derived.port, derived.database) == ("server", 5433, "heartport")
        assert derived.query == {"sslmode": "require"}


def test_three_files_are_derived_from_one() -> None:
    settings = load_settings({**DEMO, "HEARTPORT_DATABASE_URL": "sqlite:////data/heart.db"})
    assert [url.database for url in settings.store_urls.values()] == [
        "/data/heart-main.db",
        "/data/heart-keys.db",
        "/data/heart-vault.db",
    ]


def test_one_store_may_stand_elsewhere() -> None:
    elsewhere = "postgresql+psycopg://someone:pw@elsewhere/keys"
    settings = load_settings({**PRODUCTION, "HEARTPORT_DATABASE_URL_KEYS": elsewhere})
    assert settings.store_urls["keys"] == make_url(elsewhere)
    assert settings.store_urls["vault"].host == "server"


@pytest.mark.parametrize(
    ("keys", "vault"),
    [
        ("postgresql://one@server/db", "postgresql://one@server/db"),
        ("postgresql://one:a@server/db", "postgresql://one:b@server/db"),
        ("postgresql://one@server/db", "postgres://one@server:5432/db"),
        ("sqlite:////data/x.db", "sqlite:////data/x.db"),
        ("sqlite:////data/x.db", "sqlite:////data/./x.db"),
        ("sqlite:////data/x.db", "sqlite:////data/../data/x.db"),
    ],
)
def test_two_stores_never_share_a_place(keys: str, vault: str) -> None:
    line = refusal_of({**DEMO, "HEARTPORT_DATABASE_URL_KEYS": keys, "HEARTPORT_DATABASE_URL_VAULT": vault})
    assert "differ" in line


def test_keys_come_from_one_place_only(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    file.write_text(new_keys())
    assert load_settings({**DEMO, "HEARTPORT_KEY_FILE": str(file)}).key_file == file
    assert "not both" in refusal_of({**DEMO, "HEARTPORT_KEY_FILE": str(file), "HEARTPORT_KEYS": SECRET})


def test_the_development_key_serves_the_demo_and_never_production() -> None:
    provider_for(load_settings(DEMO))
    encoded = b64encode(DEVELOPMENT_ROOT).decode()
    keys = f'{{"current": 1, "key_encryption_keys": {{"1": "{encoded}"}}, "root": "{encoded}"}}'
    provider_for(load_settings({**DEMO, "HEARTPORT_KEYS": keys}))
    with pytest.raises(SettingsError, match="development key") as caught:
        provider_for(load_settings({**PRODUCTION, "HEARTPORT_KEYS": keys}))
    assert encoded not in str(caught.value)


def test_our_own_scales_come_first_then_those_that_are_named(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    two.mkdir()
    assert scale_directories({"HEARTPORT_SCALE_DIRS": f"{one}:{two}:"}) == (ROOT / "scales", one, two)
    with pytest.raises(SettingsError, match="folder number 2"):
        scale_directories({"HEARTPORT_SCALE_DIRS": f"{one}:{tmp_path / 'three'}"})


@pytest.mark.parametrize("show", [str, repr, "{!r:}".format, lambda settings: f"{settings!s}"])
def test_printed_settings_hold_no_secret(show: object) -> None:
    settings = load_settings({**SECRETIVE, "HEARTPORT_WECHAT_APP_SECRET": SECRET})
    assert SECRET not in show(settings)


def test_the_search_above_would_find_one() -> None:
    settings = load_settings({**SECRETIVE, "HEARTPORT_WECHAT_APP_SECRET": SECRET})
    hidden = {each.name for each in fields(Settings) if SECRET in str(getattr(settings, each.name)) or not each.repr}
    assert hidden == {"database_url", "store_urls", "redis_url", "wechat_app_secret", "keys"}


def test_what_is_not_set_is_not_invented_in_production() -> None:
    settings = load_settings(PRODUCTION)
    for name in ("wechat_api_base", "redis_url", "key_file"):
        assert getattr(settings, name) is None
