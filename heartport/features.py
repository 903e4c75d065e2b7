"""Every feature on one page: what it loads at start, its blueprints, its commands."""

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from heartport.assessments import routes as assessments
from heartport.assessments import shelf, surroundings
from heartport.assessments.commands import scales_commands
from heartport.config import WECHAT_API, Settings, SettingsError
from heartport.database_roles import roles_commands
from heartport.demo.people import demo_commands
from heartport.hotlines import routes as hotlines
from heartport.hotlines import service as hotline_service
from heartport.jobs.commands import jobs_commands
from heartport.members import routes as members
from heartport.members import sessions
from heartport.members.policies import load_policies, problems_for_production
from heartport.vault import door
from heartport.vault.commands import keys_commands
from heartport.vault.providers import provider_for
from heartport.web import access, headers, health, limits, logs, request_ids
from heartport.web.contract import Api
from heartport.wechat.mini_program import MiniProgram


def register(app: Flask, settings: Settings) -> None:
    """Add what concerns all routes, then each feature."""
    add_web(app, settings)
    door.init_app(app, provider_for(settings))
    add_members(app, settings)
    hotline_service.init_app(app, settings)
    card = surroundings.init_app(app, settings)
    shelf.init_app(app, settings.scale_dirs, card, settings.demo)
    add_routes(app)
    register_file_commands(app)
    for commands in (jobs_commands, roles_commands):
        app.cli.add_command(commands)
    if settings.demo:
        app.cli.add_command(demo_commands)


def register_file_commands(app: Flask) -> None:
    """Add the commands that work on files alone."""
    for commands in (keys_commands, scales_commands):
        app.cli.add_command(commands)


def add_web(app: Flask, settings: Settings) -> None:
    """Add request ids, access, limits, headers and logs; their order is the order in which they run."""
    logs.configure(settings.log_level)
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.trusted_proxies, x_proto=settings.trusted_proxies)  # type: ignore[method-assign]
    request_ids.init_app(app)
    access.init_app(app, sessions.identify)
    limits.init_app(app, settings.redis_url)
    headers.init_app(app)


def add_members(app: Flask, settings: Settings) -> None:
    """Load the policies and name the way to WeChat."""
    policies = load_policies(settings.content_dir / "policies")
    for problem in [] if settings.demo else problems_for_production(policies):
        raise SettingsError(f"HEARTPORT_CONTENT_DIR: {problem}")
    app.extensions["heartport.policies"] = policies
    mini_program = MiniProgram(
        settings.wechat_app_id,
        settings.wechat_app_secret,
        settings.wechat_api_base or WECHAT_API,
    )
    sessions.init_app(app, mini_program.login)


def add_routes(app: Flask) -> None:
    """Register the blueprints; `web.access` says which role each of them needs."""
    health.init_app(app, {"keys": lambda: door.current_vault().check_keys()})
    api = Api(app)
    for blueprint in (
        members.sign_in,
        members.session,
        members.me,
        members.policies,
        hotlines.hotlines,
        assessments.scales,
        assessments.results,
    ):
        api.register_blueprint(blueprint)
