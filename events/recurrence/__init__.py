"""Recurrence rules of RFC 5545, bounded: pure, no models, no time zones in storage, no clock."""
