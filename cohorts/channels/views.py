"""Pages about the channels of a programme."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from cohorts.channels import services
from cohorts.channels.forms import ChannelForm
from cohorts.cohort_view import ProgrammeView
from cohorts.models import Channel
from mentorship.core.accounts.permissions import get_visible_or_404
from mentorship.core.views import Ask, FormPage


class ChannelList(ProgrammeView):
    """The channels of a programme, and where people see them."""

    template_name = "cohorts/channels/channel_list.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        found = self.programme.channels.all()
        return self.page(channels=[(one, self.programme.label_of(one.for_role)) for one in found])


class ChannelEdit(FormPage, ProgrammeView):
    """Edit or delete a channel, or add one."""

    asks = {"delete": Ask("Delete this channel?", "Delete the channel", "People no longer see it on their pages.")}

    template_name = "cohorts/channels/channel_form.html"
    for_editors = True

    def look_up(self) -> None:
        super().look_up()
        pk = self.kwargs.get("pk")
        self.channel = (
            Channel(programme=self.programme)
            if pk is None
            else get_visible_or_404(self.programme.channels.select_related("programme"), pk=pk)
        )

    def get_form(self, *data: Any) -> ChannelForm:
        return ChannelForm(*data, instance=self.channel)

    def post(self, request: HttpRequest) -> HttpResponse:
        if self.channel.pk and "delete" in request.POST:
            services.delete_channel(channel=self.channel, by=self.user)
            messages.success(request, "Channel deleted.")
            return self._back()
        return super().post(request)

    def save(self, form: ChannelForm) -> HttpResponse:
        services.save_channel(channel=form.save(commit=False), by=self.user)
        messages.success(self.request, "Saved. People can see it now.")
        return self._back()

    def _back(self) -> HttpResponse:
        return redirect("cohorts:channel-list", programme_slug=self.programme.slug)

    def get_context(self) -> dict[str, Any]:
        return {**super().get_context(), "channel": self.channel}
