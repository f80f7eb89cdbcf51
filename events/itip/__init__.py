"""Invitations as text and answers back (RFC 5546, 6047): pure, no models, no network, no clock.

Not in here: who may invite, whether an answer is believed, and how mail is sent.
"""
