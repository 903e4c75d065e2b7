"""Every feature on one page: what it loads at start, and its blueprints; its commands: `command_line`."""

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from heartport.assessments import routes as assessments
from heartport.assessments import shelf, surroundings
from heartport.assessments.exports import export_assessments, sealed_assessments
from heartport.assessments.shares import end_shares
from heartport.booking import calendar_days, invariants, resources
from heartport.booking import files as booking_files
from heartport.booking.counselling import checks as counselling_checks
from heartport.booking.counselling import offers as counselling_offers
from heartport.booking.counselling import routes as counselling
from heartport.booking.counselling import texts as counselling_texts
from heartport.booking.counselling.exports import appointments_stay, export_appointments, forget_appointments
from heartport.booking.counselling.line import COUNSELLING_OFFERS, close_line
from heartport.booking.counselling.own_times import time_of_appointment
from heartport.booking.feedback import routes as feedback
from heartport.booking.invariants import Check, Kept
from heartport.booking.lectures import checks as lecture_checks
from heartport.booking.lectures import periods as lecture_periods
from heartport.booking.lectures import routes as lectures
from heartport.booking.lectures.exports import export_registrations
from heartport.booking.lectures.offers import LECTURE_OFFERS
from heartport.booking.lectures.own_times import time_of_registration
from heartport.booking.lectures.registrations import forget_registrations
from heartport.booking.offers import kinds as offer_kinds
from heartport.booking.offers import routes as offers
from heartport.booking.periods import routes as periods
from heartport.booking.periods import tables as period_tables
from heartport.booking.workshops import checks as workshop_checks
from heartport.booking.workshops import periods as workshop_periods
from heartport.booking.workshops import routes as workshops
from heartport.booking.workshops.own_times import time_of_workshop
from heartport.case_records import routes as case_records
from heartport.case_records.exports import case_records_stay, export_case_records
from heartport.catalogue import directory as catalogue_directory
from heartport.catalogue import routes as catalogue
from heartport.config import Settings, SettingsError
from heartport.duty import routes as duty
from heartport.followups import routes as followups
from heartport.followups.exports import EVENTS_STAY, export_follow_ups
from heartport.followups.requests import forget_follow_ups, withdraw_with_consent
from heartport.hotlines import routes as hotlines
from heartport.hotlines import service as hotline_service
from heartport.insights import helping
from heartport.insights import routes as insights
from heartport.library import cards as library_cards
from heartport.library import media as library_media
from heartport.library import routes as library
from heartport.library import search as library_search
from heartport.library import shelf as library_shelf
from heartport.members import erasure_ledger, open_sessions, personal_data, sessions
from heartport.members import routes as members
from heartport.members.personal_data import Part
from heartport.members.policies import load_policies, problems_for_production
from heartport.messages import routes as messages
from heartport.messages.exports import export_messages
from heartport.messages.retention import forget_messages
from heartport.messages.retention import withdraw_with_consent as stop_messages
from heartport.own_library import routes as own_library
from heartport.own_library.exports import export_own_library
from heartport.own_library.service import sealed_library
from heartport.recommendations import routes as recommendations
from heartport.reflections import directory as reflection_directory
from heartport.reflections import routes as reflections
from heartport.reflections.exports import export_notes, sealed_notes
from heartport.sharing import routes as sharing
from heartport.staff import routes as staff
from heartport.units import routes as units
from heartport.units.bindings import forget_unit
from heartport.units.exports import export_unit
from heartport.vault import door, passwords
from heartport.vault.providers import provider_for
from heartport.web import access, document_page, headers, health, idempotency, limits, logs, request_ids
from heartport.web.contract import Api
from heartport.wechat.entrance import Entrance

PERSONAL_DATA = (
    Part(export=export_unit, erase=forget_unit),
    Part(export=export_assessments, holdings=sealed_assessments, end_shares=end_shares),
    Part(export=export_notes, holdings=sealed_notes),
    Part(export=export_own_library, holdings=sealed_library),
    Part(
        export=export_follow_ups,
        erase=forget_follow_ups,
        at_once=True,
        withdraw=withdraw_with_consent,
        stays=(EVENTS_STAY,),
    ),
    Part(export=export_registrations, erase=forget_registrations, at_once=True),
    Part(export=export_appointments, erase=forget_appointments, at_once=True, stays=(appointments_stay,)),
    Part(export=export_case_records, stays=(case_records_stay,)),
    Part(export=export_messages, erase=forget_messages, at_once=True, withdraw=stop_messages),
)
"""What features hold about a person beyond the members' own rows: whoever adds a table or a kind adds it here."""

KEPT_BOOKINGS: tuple[Kept, ...] = (*lecture_checks.KEPT, workshop_checks.KEPT, counselling_checks.KEPT)
"""Every kind of booking, for the nightly look at the calendar: whoever adds a kind adds it here."""
CALENDAR_CHECKS: tuple[Check, ...] = (*lecture_checks.CHECKS, *workshop_checks.CHECKS)
"""What else must always be true of bookings, such as seats taken being those of live registrations."""
LEAVING = (close_line,)
"""What goes with a person, a room or equipment that is taken out of service."""
OFFER_KINDS = (LECTURE_OFFERS, COUNSELLING_OFFERS)
"""Every waiting list that keeps something for somebody."""
BOOKING_TIMES = (time_of_appointment, time_of_registration, time_of_workshop)
"""Every kind of booking that can be taken along as a file."""
EXPORTED_BOOKINGS = (lecture_periods.list_booked, workshop_periods.list_booked)
"""What the export of a period holds; counselling never does."""


def register(app: Flask, settings: Settings) -> None:
    """Add what concerns all routes, then each feature."""
    add_web(app, settings)
    door.init_app(app, provider_for(settings))
    passwords.init_app(app, passwords.OWASP)
    add_members(app, settings)
    hotline_service.init_app(app, settings)
    card = surroundings.init_app(app, settings)
    shelf.init_app(app, settings, card)
    reflection_directory.init_app(app, settings.content_dir)
    calendar_days.init_app(app, settings.content_dir)
    invariants.init_app(app, KEPT_BOOKINGS, CALENDAR_CHECKS)
    resources.init_app(app, LEAVING)
    offer_kinds.init_app(app, OFFER_KINDS)
    booking_files.init_app(app, BOOKING_TIMES)
    counselling_texts.init_app(app, settings.content_dir)
    counselling_offers.init_app(app)
    period_tables.init_app(app, EXPORTED_BOOKINGS)
    library_shelf.init_app(app)
    library_media.init_app(app, settings)
    library_search.init_app(app, settings.content_dir)
    library_cards.init_app(app, settings.content_dir)
    catalogue_directory.init_app(app, settings.content_dir)
    helping.init_app(app)
    add_routes(app)


def add_web(app: Flask, settings: Settings) -> None:
    """Add request ids, access, limits, headers and logs; their order is the order in which they run."""
    logs.configure(settings.log_level)
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.trusted_proxies, x_proto=settings.trusted_proxies)  # type: ignore[method-assign]
    request_ids.init_app(app)
    access.init_app(app, open_sessions.identify)
    limits.init_app(app, settings.redis_url)
    idempotency.init_app(app, open_sessions.hold)
    headers.init_app(app)


def add_members(app: Flask, settings: Settings) -> None:
    """Load the policies and name the way to WeChat."""
    policies = load_policies(settings.content_dir / "policies")
    for problem in [] if settings.demo else problems_for_production(policies):
        raise SettingsError(f"HEARTPORT_CONTENT_DIR: {problem}")
    app.extensions["heartport.policies"] = policies
    sessions.init_app(app, Entrance(settings).login)
    erasure_ledger.init_app(app, settings.erasure_ledger)
    personal_data.init_app(app, PERSONAL_DATA)


def add_routes(app: Flask) -> None:
    """Register the blueprints; `web.access` says which role each of them needs."""
    checks = {
        "keys": lambda: door.current_vault().check_keys(),
        "erasure ledger": lambda: erasure_ledger.current_ledger().check(),
    }
    health.init_app(app, checks)
    api = Api(app)
    for blueprint in (
        members.sign_in,
        staff.staff_sign_in,
        members.session,
        members.me,
        units.own_unit,
        units.open_invites,
        members.policies,
        hotlines.hotlines,
        assessments.scales,
        assessments.results,
        assessments.trends,
        sharing.own_shares,
        sharing.shared_results,
        case_records.case_records,
        reflections.reflections,
        reflections.own_notes,
        own_library.own_library,
        recommendations.recommendations,
        followups.own_follow_ups,
        followups.follow_up_queue,
        duty.duty_shifts,
        insights.insights,
        insights.suggestions,
        insights.sealings,
        library.articles,
        library.tracks,
        library.news,
        library.categories,
        library.media,
        library.search,
        messages.own_messages,
        messages.own_subscriptions,
        lectures.lectures,
        lectures.registered,
        lectures.plans,
        offers.own_offers,
        feedback.feedback,
        counselling.counsellors,
        counselling.own_appointments,
        counselling.appointments_of_both,
        counselling.counselling_desk,
        counselling.counsellors_calendar,
        counselling.calendar_feed,
        counselling.booking_files,
        periods.periods,
        catalogue.catalogue,
        workshops.workshops,
        workshops.unit_workshops,
        workshops.workshop_desk,
        workshops.led_workshops,
    ):
        api.register_blueprint(blueprint)
    document_page.init_app(app, api)
