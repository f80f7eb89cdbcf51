"""What calendar programs write besides RFC 5545: one file per deviation, named in its docstring.

The strict middle of the reader knows none of them; it asks each where its deviation shows.
"""
