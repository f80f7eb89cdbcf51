from django.apps import AppConfig
from django.core.checks import Tags, register
from django.db.models.signals import post_migrate


class VenuesConfig(AppConfig):
    name = "venues"
    verbose_name = "Network and places"

    def ready(self) -> None:
        from venues import checks, guards  # models are not loaded when this module is

        assert checks  # registers itself
        post_migrate.connect(
            guards.make_guards_after_migrate, sender=self, dispatch_uid="venues.guards"
        )
        register(Tags.database)(guards.check_guards)
