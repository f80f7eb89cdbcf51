"""Pages for people: the same sets as the feeds, to look at and to subscribe to."""
