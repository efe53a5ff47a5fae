"""Pictures for policy staff: what a change of rules would do, as PNG or as a page of HTML.

A picture has no fact of any case in it, so that it can be passed on.
"""
