"""The addresses of the whole service. Those handed out once never change."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

from web.pages import account

# One way in: the admin asks for the second factor and is throttled like every other sign-in.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]  # allauth's documented way

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/v1/", include("api.urls")),
    path("account/", account.home, name="account"),
    path("account/", include("allauth.urls")),
    path("", include("web.urls")),
]

handler404 = "web.pages.page.not_found"
