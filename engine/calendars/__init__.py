"""School calendars: which days are instructional and which are business days, explicit, with their coverage.

`calendar.py` counts, `loading.py` reads the documents of `rulesets/calendars/`, `importing.py` makes them from
iCalendar files and Ed-Fi rows. (Only what counts is exported here, because expressions use it.)
"""

from engine.calendars.calendar import Calendar, Days

__all__ = ["Calendar", "Days"]
