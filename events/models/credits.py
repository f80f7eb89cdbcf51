"""Who makes an event, and the pictures that announce it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from events.enums import LICENCES_THAT_LEAVE, ImageLicence, OrganiserRole
from events.models.choices import choices
from events.models.event import Event
from venues.models import Organisation
from venues.models.bilingual import Bilingual


class EventOrganiser(models.Model):
    """One organisation in one role; ``position`` is the order in which they are named."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="organisers")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="organised"
    )
    role = models.CharField(
        max_length=16, choices=choices(OrganiserRole), default=OrganiserRole.HOST
    )
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                "event", "organisation", "role", name="event_organiser_once_per_role"
            ),
        ]


class EventImage(Bilingual):
    """A picture elsewhere on the web; ``alt_zh`` and ``alt_en`` say what is to be seen on it.

    Its licence decides where it is shown: :attr:`may_leave` is asked before every export.
    """

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="images")
    position = models.PositiveSmallIntegerField(default=0)
    url = models.URLField(max_length=500)
    alt_zh = models.CharField(max_length=300, blank=True)
    alt_en = models.CharField(max_length=300, blank=True)
    credit = models.CharField(max_length=200, blank=True, help_text="who made it")
    licence = models.CharField(
        max_length=12, choices=choices(ImageLicence), default=ImageLicence.UNKNOWN
    )

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint("event", "url", name="event_image_once_per_event"),
            models.CheckConstraint(
                name="event_image_attribution_has_somebody_to_name",
                condition=~Q(licence__in=[ImageLicence.CC_BY, ImageLicence.CC_BY_SA])
                | ~Q(credit=""),
            ),
        ]

    @property
    def may_leave(self) -> bool:
        """Whether feeds, the interface and other sites may be given it."""
        return self.licence in LICENCES_THAT_LEAVE
