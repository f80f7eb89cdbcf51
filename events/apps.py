from django.apps import AppConfig
from django.core.checks import Tags, register
from django.db.models.signals import post_migrate, pre_save


class EventsConfig(AppConfig):
    name = "events"
    verbose_name = "Events and calendars"

    def ready(self) -> None:
        from events import triggers  # models are not loaded when this module is
        from events.services.raising import raise_for_organisation
        from venues.models import Organisation

        post_migrate.connect(
            triggers.make_triggers_after_migrate, sender=self, dispatch_uid="events.triggers"
        )
        pre_save.connect(
            raise_for_organisation, sender=Organisation, dispatch_uid="events.organisations"
        )
        register(Tags.database)(triggers.check_triggers)
