from django.apps import AppConfig


class TouringConfig(AppConfig):
    name = "touring"
    verbose_name = "Touring exhibitions"
