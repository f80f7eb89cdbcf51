"""What the command line can do, one file per activity. Nothing is solved or judged in here."""
