from django.urls.resolvers import URLPattern

app_name = "partners"
urlpatterns: list[URLPattern] = []
