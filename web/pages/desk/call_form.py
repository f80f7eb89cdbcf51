"""The form that opens a call for requests, with a quota for each region below the season's."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from touring.errors import InvalidCall
from touring.models import Programme, Season
from venues.models import Region
from web.pages.desk.inputs import day_field
from web.pages.page import language

MOST_REQUESTS = 10_000
_QUOTA = "quota_"
_FIELD_OF = {"closes_on": "last_day", "timezone": "time_zone"}


class CallForm(forms.Form):
    """``last_day`` counts. A region without a quota may hand up as many as it likes."""

    name_zh = forms.CharField(label=_("Name"), max_length=200)
    name_en = forms.CharField(label=_("Name in English"), max_length=200, required=False)
    slug = forms.SlugField(label=_("Code in addresses"), max_length=80)
    programme = forms.ChoiceField(label=_("Kind of tour"))
    year = forms.IntegerField(label=_("Year"), min_value=1901, max_value=2198)
    opens_on = day_field(_("First day"))
    last_day = day_field(_("Last day"))
    time_zone = forms.CharField(label=_("Time zone"), max_length=63, initial="Asia/Shanghai")
    answer_days = forms.IntegerField(
        label=_("Working days each level has to answer"), min_value=1, max_value=250, initial=10
    )
    asks_nation = forms.BooleanField(
        label=_("The nation decides about what the province accepts"), required=False
    )

    def __init__(self, *args: Any, season: Season, **options: Any) -> None:
        year = season.first_date.year
        filled = {"year": year, "slug": f"{season.slug}-{year}"}
        super().__init__(*args, initial=filled, **options)
        self.season = season
        code = language()
        self.fields["programme"].choices = [(one, programme_word(one)) for one in Programme]
        below = Region.objects.filter(parent=season.region_id).order_by("code")
        self.regions = {f"{_QUOTA}{one.code}": one for one in [season.region, *below]}
        for name, region in self.regions.items():
            self.fields[name] = forms.IntegerField(
                label=gettext("Most requests from %(region)s") % {"region": region.name(code)},
                required=False,
                min_value=0,
                max_value=MOST_REQUESTS,
            )

    def given(self) -> dict[str, Any]:
        """What the service asks for."""
        said = dict(self.cleaned_data)
        quotas = {region: said.pop(name) for name, region in self.regions.items()}
        said["closes_on"] = said.pop("last_day") + timedelta(days=1)
        said["quotas"] = {region: most for region, most in quotas.items() if most is not None}
        return {**said, "season": self.season}

    def mark(self, refusal: InvalidCall) -> None:
        """Put the service's objections beside their fields, in the page's language."""
        words = {
            "last_day": gettext("It ends before it begins: exchange the days."),
            "time_zone": gettext("There is no such time zone; write one like Asia/Shanghai."),
            "slug": gettext("This code is taken: choose another."),
            "year": gettext("The season has such a call for this year: change that one."),
        }
        for problem in refusal.detail["problems"]:
            name = _FIELD_OF.get(problem["field"], problem["field"])
            self.add_error(name if name in words else None, words.get(name, problem["message"]))


def programme_word(programme: str) -> str:
    """The programme in the page's language."""
    return {
        Programme.REGULAR: gettext("regular tours"),
        Programme.ROTATION: gettext("rotation in a region"),
        Programme.CARAVAN: gettext("science caravans"),
        Programme.PAIRED_AID: gettext("paired aid"),
        Programme.INTERNATIONAL: gettext("tours abroad"),
    }[Programme(programme)]
