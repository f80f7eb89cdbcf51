"""Planning instances built from the county file with a seed."""
