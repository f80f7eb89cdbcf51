"""Tours for staff. What is written goes through the services, as from everywhere else."""

from touring.admin import records, tours

__all__ = ["records", "tours"]
