"""One framework with every kind of check that judges times, and every key that such a check may have.

Its object type is `case`, its events A to D with the attributes colour and amount; its conditions are those that the
oracle knows.
"""

from __future__ import annotations

from scherp.norms.model import Framework
from scherp.norms.read import parse_framework

_HEAD = """
framework: test/every-kind
title: {nl: Alle soorten, en: Every kind}
version: "1"
themes: {all: {nl: Alles, en: All}}
vocabulary:
  red one: {event: B, where: "colour = 'red'"}
  either: [C, {event: D, where: "amount > 2"}]
norms:
"""
_CHECKS = """
after-follows: {response: {each: case, after: A, follows: B}}
within-hours: {response: {each: case, after: A, follows: red one, within: 36 hours}}
unless-before: {response: {each: case, after: A, follows: B, within: 3 days, unless: {occurs: C, before: D}, until: either}}
on-a-term: {response: {each: case, after: A, follows: B, within: 1 week, calendar: nl-term, extended_by: {event: C, by: 1 week}}}
moved-twice: {response: {each: case, after: A, follows: B, within: 1 month, calendar: nl-days, \
extended_by: [{event: C, by: 1 month}, {event: D, by: 2 days}], suspended_by: [{from: C, to: D}, {from: red one, \
to: A}]}}
in-working-days: {response: {each: case, after: [A, C], follows: {event: B, where: "colour = 'red'"}, \
within: 2 working days, suspended_by: {from: D, to: C}}}
by-the-clock: {response: {each: case, after: A, follows: A, within: 2 days, extended_by: {event: C, by: 12 hours}, \
suspended_by: {from: D, to: C}}}
not-at-night: {response: {each: case, after: A, follows: B, within: 20 hours, excluded_hours: {from: "23:00", \
to: "07:00", zone: Europe/Amsterdam}, extended_by: {event: C, by: 2 hours}, suspended_by: {from: D, to: B}}}
needs-one: {precedence: {each: case, event: B, needs: A}}
needs-one-soon: {precedence: {each: case, event: B, needs: [A, B], within: 2 days}}
needs-one-in-working-days: {precedence: {each: case, event: B, needs: A, within: 2 working days}}
never: {absence: {each: case, event: C, where: "colour = 'red'"}}
never-after: {absence: {each: case, event: either, after: A}}
some: {occurrence: {each: case, event: A, at_least: 1, at_most: 3}}
some-in-time: {occurrence: {each: case, event: B, at_least: 1, by: until}}
four-eyes: {separation: {each: case, between: [A, B]}}
in-time: {deadline: {each: case, event: B, by: until}}
in-time-on-a-term: {deadline: {each: case, event: B, by: until, calendar: nl-term}}
so: {condition: {each: case, event: [A, B], holds: "amount <= case.ceiling"}}
every-event: {condition: {each: event, event: A, holds: "amount > 2"}}
for-a-while: {response: {each: case, after: A, follows: B, within: 3 days}}
again: {response: {each: case, after: A, follows: B, within: 5 days}}
"""
_VALID = {"for-a-while": "{from: 2026-03-28, to: 2026-04-25}", "again": "{from: 2026-04-27}"}


def every_kind_yaml() -> str:
    """The framework's text; `for-a-while` has two entries with a gap between them."""
    lines = [_HEAD.strip()]
    for line in _CHECKS.strip().splitlines():
        name, check = line.split(": ", 1)
        lines += [
            f"  - norm: {'for-a-while' if name == 'again' else name}",
            "    theme: all",
            "    says: {nl: Zo hoort het., en: So it should be.}",
            "    source: {text: test, status: policy, checked: unread}",
            *([f"    valid: {_VALID[name]}"] if name in _VALID else []),
            f"    check: {check}",
        ]
    return "\n".join(lines) + "\n"


def every_kind() -> Framework:
    return parse_framework(every_kind_yaml(), "every-kind.yaml")
