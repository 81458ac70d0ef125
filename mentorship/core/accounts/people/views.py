"""The profile page, and the page of a person's addresses."""

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
from mentorship.core.accounts.people.services import save_profile
from mentorship.core.accounts.sign_in.reauthentication import require_recent_sign_in
from mentorship.core.views import Ask, AsksFirst


class EmailPage(LoginRequiredMixin, AsksFirst, EmailView):
    """A person's addresses; removing one asks first, and only a proven one can become the main address.

    allauth alone would allow an unproven main address while no other is proven.
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
    """Name, time zone, and ways to sign in."""
    # The page head shows the saved name: the one in the form may be invalid.
    person = User.objects.get(pk=request.user.pk)
    form = ProfileForm(request.POST or None, instance=person)
    if request.method == "POST" and form.is_valid():
        save_profile(form.save(commit=False), changed=form.changed_data)
        messages.success(request, "Saved.")
        return redirect("accounts:profile")
    return render(request, "accounts/profile.html", {"form": form}, status=422 if form.errors else 200)
