from django.apps import AppConfig
from django.core.checks import Tags, register
from django.db.models.signals import post_migrate


class TouringConfig(AppConfig):
    name = "touring"
    verbose_name = "Touring exhibitions"

    def ready(self) -> None:
        from touring import guards, triggers  # models are not loaded when this module is

        post_migrate.connect(
            guards.make_guards_after_migrate, sender=self, dispatch_uid="touring.guards"
        )
        post_migrate.connect(
            triggers.make_triggers_after_migrate, sender=self, dispatch_uid="touring.triggers"
        )
        register(Tags.database)(guards.check_guards)
        register(Tags.database)(triggers.check_triggers)
