"""Addresses of the public face of programmes. Those below p/ are permanent: they stay if a short name changes."""

from django.urls import path

from mentorship.portal.public_face.views import frame, machines, own, pages, settings

app_name = "public"
urlpatterns = [
    path("programmes/<slug:programme_slug>/public/", settings.FaceSettings.as_view(), name="settings"),
    path("cohorts/<slug:cohort_slug>/public/", settings.RoundSettings.as_view(), name="round-settings"),
    path("my/public/", own.OwnListing.as_view(), name="own-listing"),
    path("my/public/<int:pk>/", own.OwnProject.as_view(), name="own-project"),
    path("programmes/<slug:programme_slug>/thanks/", pages.ThanksFace.as_view(), name="thanks"),
    path("programmes/<slug:programme_slug>/partners/", pages.PartnersFace.as_view(), name="partners"),
    path("embed/<slug:page_slug>/calls/", frame.CallsFrame.as_view(), name="calls-frame"),
    path("sitemap.xml", machines.SiteMap.as_view(), name="sitemap"),
    path("robots.txt", machines.Robots.as_view(), name="robots"),
    path("p/<slug:page_slug>/feed.xml", machines.Feed.as_view(), name="feed"),
    path("p/<slug:page_slug>/picture.png", machines.ProgrammePicture.as_view(), name="programme-picture"),
    path("p/<slug:page_slug>/<slug:round_slug>/picture.png", machines.RoundPicture.as_view(), name="round-picture"),
    path(
        "p/<slug:page_slug>/<slug:round_slug>/<slug:project_slug>/picture.png",
        machines.ProjectPicture.as_view(),
        name="project-picture",
    ),
    path("p/<slug:page_slug>/", pages.ProgrammeFace.as_view(), name="programme"),
    path("p/<slug:page_slug>/<slug:round_slug>/", pages.RoundFace.as_view(), name="round"),
    path("p/<slug:page_slug>/<slug:round_slug>/<slug:project_slug>/", pages.ProjectFace.as_view(), name="project"),
]
