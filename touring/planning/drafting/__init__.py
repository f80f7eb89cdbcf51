"""A plan in a planner's hands: where a stop could go, and what a changed plan still needs.

Nothing is decided or judged in here: the planner decides, :mod:`touring.planning.check` judges.
"""

from touring.planning.drafting.maintenance import with_maintenance
from touring.planning.drafting.vacancies import Vacancy, vacancies

__all__ = ["Vacancy", "vacancies", "with_maintenance"]
