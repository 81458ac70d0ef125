"""Open calls for the programme's own site, in a frame. Only sites that the programme names may show it."""

from typing import Any, cast

from csp.constants import SELF
from csp.decorators import csp_replace
from django.http import Http404, HttpRequest, HttpResponse

from mentorship.portal.public_face.content import lines_of, open_calls
from mentorship.portal.public_face.views.pages import FaceView


class CallsFrame(FaceView):
    """The list of open calls, or with `?show=button` a sign-up button for each. Links leave the frame."""

    template_name = "portal/public_face/frame.html"

    def look_up(self) -> None:
        super().look_up()
        if not self.page_row.shows_calls:
            raise Http404

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(calls=open_calls(self.programme), only_buttons=request.GET.get("show") == "button")

    def page(self, status: int = 200, **context: Any) -> HttpResponse:
        response: Any = super().page(status, **context)
        # The page has no form and knows nobody: what a site around it can do is lead to the sign-up.
        response.xframe_options_exempt = True
        may_frame = csp_replace({"frame-ancestors": [SELF, *lines_of(self.page_row.framed_by)]})
        framed: Any = may_frame(lambda _request: response)(self.request)
        return cast(HttpResponse, framed)
