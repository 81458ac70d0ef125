"""Addresses of costs, their payers, and funds."""

from django.urls import path

from partners.costs.views import costs, funds, outstanding, split

urlpatterns = [
    path("funds/", funds.FundList.as_view(), name="fund-list"),
    path("funds/new/", funds.FundCreate.as_view(), name="fund-create"),
    path("funds/<int:pk>/", funds.FundEdit.as_view(), name="fund-edit"),
    path("costs/", costs.CostList.as_view(), name="cost-list"),
    path("costs/owing/", outstanding.OutstandingList.as_view(), name="outstanding-list"),
    path("costs/new/", costs.CostCreate.as_view(), name="cost-create"),
    path("costs/<int:pk>/", costs.CostDetail.as_view(), name="cost-detail"),
    path("costs/<int:pk>/edit/", costs.CostEdit.as_view(), name="cost-edit"),
    path("costs/<int:pk>/file/", costs.CostFile.as_view(), name="cost-file"),
    path("costs/<int:pk>/split/", split.CostSplit.as_view(), name="cost-split"),
    path("shares/<int:pk>/", split.ShareAnswer.as_view(), name="share-answer"),
]
