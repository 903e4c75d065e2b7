"""Every job on one page: its name, when it runs, and the one use case that it calls."""

from collections.abc import Callable
from dataclasses import dataclass

from heartport.booking.counselling.sweepers import delete_ended as delete_ended_appointments
from heartport.booking.counselling.sweepers import delete_old_phones, delete_past, settle_lines
from heartport.booking.invariants import check_calendar
from heartport.booking.lectures.sweepers import (
    archive_old,
    close_begun,
    end_feedback,
    let_offers_expire,
    note_ended,
)
from heartport.booking.sweepers import clear_expired_holds
from heartport.booking.workshops.groups import decide_groups
from heartport.booking.workshops.proposals import expire_proposals
from heartport.case_records.records import delete_old_case_records
from heartport.duty.roster import delete_old_shifts
from heartport.followups.retention import delete_ended, let_forgotten_lapse
from heartport.insights.openings import open_due_sealings
from heartport.insights.retention import delete_old_block_maps, delete_old_service_figures
from heartport.insights.sealing import seal_confirmed
from heartport.insights.service_publishing import publish_bookings, publish_sign_ins
from heartport.members.erasures import finish_erasures
from heartport.members.sessions import delete_expired_tokens
from heartport.messages.retention import delete_old_messages
from heartport.recommendations.report import publish_last_month
from heartport.sharing.service import delete_ended_copies
from heartport.staff.attempts import delete_old_attempts
from heartport.staff.sessions import delete_expired_sessions
from heartport.store_files import rewrite_stores
from heartport.vault.retention import delete_old_records
from heartport.web.idempotency import delete_expired_keys


@dataclass(frozen=True, slots=True)
class Job:
    """One use case at its times; `hour` and `minute` are fields of a cron line, Asia/Shanghai."""

    name: str
    run: Callable[[], int]
    hour: str
    minute: str


JOBS = (
    # Three past midnight comes before seven past it, when tokens go by which a day of the month is counted.
    Job("publish who signed in last month", publish_sign_ins, hour="*", minute="3"),
    Job("publish the bookings of a month", publish_bookings, hour="2", minute="47"),
    Job("delete expired tokens", delete_expired_tokens, hour="*", minute="7"),
    Job("delete expired staff sessions", delete_expired_sessions, hour="*", minute="27"),
    Job("delete old sign-in attempts", delete_old_attempts, hour="*", minute="37"),
    Job("delete expired idempotency keys", delete_expired_keys, hour="3", minute="17"),
    Job("finish erasures", finish_erasures, hour="*", minute="*/5"),
    Job("let forgotten call-backs lapse", let_forgotten_lapse, hour="*", minute="47"),
    Job("delete ended call-backs", delete_ended, hour="3", minute="7"),
    Job("let offers of lectures expire", let_offers_expire, hour="*", minute="*/10"),
    Job("close lectures that have begun", close_begun, hour="*", minute="1-59/15"),
    Job("note lectures that are over", note_ended, hour="*", minute="2-59/15"),
    Job("archive old lectures", archive_old, hour="3", minute="2"),
    Job("end feedback", end_feedback, hour="3", minute="4"),
    Job("settle the lines of counsellors", settle_lines, hour="*", minute="4-59/5"),
    Job("delete appointments that did not take place", delete_ended_appointments, hour="3", minute="14"),
    Job("delete appointments of years that are over", delete_past, hour="3", minute="15"),
    Job("delete numbers of appointments that are over", delete_old_phones, hour="*", minute="44"),
    Job("clear expired holds", clear_expired_holds, hour="*", minute="*/10"),
    Job("expire workshop proposals", expire_proposals, hour="*", minute="*/10"),
    Job("decide workshops that are too small", decide_groups, hour="9", minute="5"),
    Job("check the calendar", check_calendar, hour="4", minute="17"),
    Job("delete old duty shifts", delete_old_shifts, hour="3", minute="37"),
    Job("delete old messages", delete_old_messages, hour="3", minute="12"),
    Job("delete ended copies", delete_ended_copies, hour="3", minute="22"),
    Job("delete old case records", delete_old_case_records, hour="3", minute="25"),
    Job("delete old records", delete_old_records, hour="3", minute="27"),
    Job("open due sealings", open_due_sealings, hour="*", minute="2"),
    Job("seal what is confirmed", seal_confirmed, hour="*", minute="52"),
    Job("delete old block maps", delete_old_block_maps, hour="4", minute="17"),
    Job("delete old service figures", delete_old_service_figures, hour="4", minute="22"),
    Job("publish the month for editors", publish_last_month, hour="2", minute="57"),
    Job("rewrite the stores in key order", rewrite_stores, hour="3", minute="47"),
)
