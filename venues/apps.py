from django.apps import AppConfig


class VenuesConfig(AppConfig):
    name = "venues"
    verbose_name = "Network and places"

    def ready(self) -> None:
        from venues import checks  # noqa: F401  # registers itself; needs the app registry
