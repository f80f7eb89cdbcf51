"""Allot touring units to requests over a season. Nothing of Django is in here.

Days are whole numbers counted from the season's first day, spans are half-open
``[first, end)``, distances are kilometres, coordinates are ``(lat, lon)`` in WGS 84.
"""
