"""The addresses of the whole service. Those handed out once never change."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/v1/", include("api.urls")),
    path("", include("web.urls")),
]

handler404 = "web.pages.page.not_found"
