from django.apps import AppConfig
from django.core.checks import Tags, register
from django.db.models.signals import post_migrate


class EventsConfig(AppConfig):
    name = "events"
    verbose_name = "Events and calendars"

    def ready(self) -> None:
        from events import triggers  # models are not loaded when this module is

        post_migrate.connect(
            triggers.make_triggers_after_migrate, sender=self, dispatch_uid="events.triggers"
        )
        register(Tags.database)(triggers.check_triggers)
