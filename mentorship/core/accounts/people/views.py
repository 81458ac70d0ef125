"""The profile page, and the addresses of a person."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.views import EmailView
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from mentorship.core.accounts.models import User
from mentorship.core.accounts.people.forms import ProfileForm
from mentorship.core.accounts.sign_in.reauthentication import require_recent_sign_in
from mentorship.core.views import Ask, AsksFirst


class EmailPage(LoginRequiredMixin, AsksFirst, EmailView):
    """The addresses of a person; removing one asks first, and only a proven one becomes the main address.

    allauth alone would take an unproven one as long as no other is proven.
    """

    asks = {"action_remove": Ask("Remove this address?", "Remove", "You can’t sign in with it any more.")}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        require_recent_sign_in(request)
        if "action_primary" in request.POST:
            proven = EmailAddress.objects.filter(user=request.user, verified=True)
            if not proven.filter(email__iexact=request.POST.get("email", "")).exists():
                messages.error(request, "Confirm this address first, by the link that we sent to it.")
                return redirect("account_email")
        return super().post(request, *args, **kwargs)


@login_required
def profile(request: HttpRequest) -> HttpResponse:
    """Name, time zone, and the ways to sign in."""
    # The page head shows the saved name while the form holds a new one that may be wrong.
    person = User.objects.get(pk=request.user.pk)
    form = ProfileForm(request.POST or None, instance=person)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Saved.")
        return redirect("accounts:profile")
    return render(request, "accounts/profile.html", {"form": form}, status=422 if form.errors else 200)
