"""Faults that make no difference, and why: nothing could tell them from the table and the functions as they are."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["EQUIVALENT"]

_OPEN = "in this state a turn is open, and the row's guard has found the call in it: what asks again is for the type checker"
_NAMED = "the row's guard has seen that a limit is reached, so there are always words for it"
_CLOSING = "a run that closes has met a limit, keeps it, and wanted closing words: the other half says the same"
_GATED = "a call waits either for a yes or no before it runs, or for an answer after it asked, never for both"

_BY_REASON: Mapping[str, tuple[str, ...]] = {
    "an answer has words, and is taken where the inbox is empty: there the closing words are kept as an answer is": (
        "awaiting_model ModelReplied [answers]: updated by keep_the_closing_words",
    ),
    "what a cancelled run leaves ends with the user's words or a turn's results: it is always unanswered": (
        "cancelled Resumed [something is unanswered]: always",
    ),
    _OPEN: (
        "dispatching_tools.is_running: (1) without conversation.turn is not None",
        "dispatching_tools.leaves_others_running: (1) without turn is not None",
        "dispatching_tools.leaves_only_people: (1) without turn is not None",
        "dispatching_tools.is_the_last_owed: (1) without turn is not None",
        "dispatching_tools.keep_the_outcome: (2) 0 for None",
        "dispatching_tools.keep_the_outcome: (4) turn is None and slot is None",
        "dispatching_tools.keep_the_outcome: (5) without turn is None",
        "dispatching_tools.keep_the_outcome: (6) without slot is None",
        "awaiting_approval.is_the_last_word_and_calls_remain: (4) without conversation.turn",
        "awaiting_approval.deny: (2) 0 for None",
        "awaiting_approval.deny: (4) turn is None and slot is None",
        "awaiting_approval.deny: (5) without turn is None",
        "awaiting_approval.deny: (6) without slot is None",
        "awaiting_approval._is_awaited: (2) True for False",
        "awaiting_approval._is_the_last: (1) without conversation.turn is not None",
    ),
    _NAMED: (
        "prompting.write_down_what_was_gathered: (2) without 'the run'",
        "awaiting_model.keep_the_closing_words: (7) without 'the run'",
        "awaiting_model.write_down_what_was_gathered: (3) without 'the run'",
    ),
    _CLOSING: (
        "prompting.is_within_limits: (1) without not conversation.run.closing",
        "prompting.may_wrap_up: (1) without conversation.run.closing",
        "prompting.has_to_stop: (1) without not conversation.run.closing",
    ),
    "a limit that was met is the first that is named when one asks again": (
        "prompting.ask_for_closing_words: (1) without asked.run.limit",
    ),
    _GATED: (
        "awaiting_approval.deny: (11) slot.gated or slot.ask is None",
        "awaiting_approval.deny: (12) without slot.gated",
        "awaiting_approval.deny: (13) without slot.ask is None",
        "awaiting_approval._refusal: (2) slot.ask is not None or not slot.gated",
        "awaiting_approval._refusal: (3) without slot.ask is not None",
        "awaiting_approval._refusal: (4) without not slot.gated",
    ),
    "what is waited for was within all limits when it was asked, and nothing but time has been used since": (
        "awaiting_model._is_out_of_time: (2) without seconds is not None",
    ),
    "only an imported record that no event made has a history before its first event; it is not opened twice": (
        "ended.is_blank: (2) without not conversation.history",
    ),
    "calls are refused only where there is a limit of them, and that is at least 1": (
        "limits.reached: (5) without 0",
        "limits.reached: (6) 1 for 0",
        "limits.reached: (7) -1 for 0",
    ),
    "a limit of cost is above 0: less than nothing is as far from it as nothing": ("limits.reached: (30) -1 for 0",),
    "conversations of detent's own table name no machine; tests/machine/test_own_machine.py finds this one": (
        "ended.open_with_a_history: (1) without machine=event.machine",
    ),
    "a run makes no more calls than it may, so what is left is never below 0": ("limits.fitting_calls: (5) -1 for 0",),
}

EQUIVALENT: Mapping[str, str] = {name: reason for reason, names in _BY_REASON.items() for name in names}
"""The reason of each, by its name."""
