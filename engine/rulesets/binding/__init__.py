"""Binds a document's names and checks its types: from what was written to what evaluators read.

One module for each part of a document; all of them write what is wrong to one `Workbench`, and go on. `assemble` is the
one verb.
"""
