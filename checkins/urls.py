from django.urls.resolvers import URLPattern

app_name = "checkins"
urlpatterns: list[URLPattern] = []
