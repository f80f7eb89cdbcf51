"""What an address means as a calendar: which entries, under which name, in which version.

Nothing here speaks HTTP; ``web.feeds`` does.
"""
