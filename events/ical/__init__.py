"""Calendar entries as text and back: pure, no models, no settings, no network, no clock."""
