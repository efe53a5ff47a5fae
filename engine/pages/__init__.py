"""Policy pages: a ruleset for people who do not read YAML, in words, with every citation."""

from engine.pages.page import index_page, ruleset_page

__all__ = ["index_page", "ruleset_page"]
