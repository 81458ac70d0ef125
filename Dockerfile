# The product without its test tools. One image runs as web, worker or beat: see compose.yaml.
FROM python:3.13-slim AS packages
# Not empty: also what files in a storage that speaks S3, or reports to Sentry, need.
ARG EXTRAS=
COPY requirements.txt requirements-extras.txt /tmp/
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/mentorship \
    && /opt/mentorship/bin/pip install --no-deps --require-hashes -r /tmp/requirements.txt \
    && if [ -n "$EXTRAS" ]; then /opt/mentorship/bin/pip install --no-deps --require-hashes -r /tmp/requirements-extras.txt; fi

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /var/lib/mentorship --create-home mentorship
COPY --from=packages /opt/mentorship /opt/mentorship
COPY . /app
WORKDIR /app
ENV PATH=/opt/mentorship/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DEBUG=off \
    DEMO=off \
    VAR_DIR=/var/lib/mentorship \
    STATIC_ROOT=/app/collected
# Styles and scripts belong to the code, not to the data: an upgrade brings its own. The key serves this step alone.
RUN SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(50))')" \
    ALLOWED_HOSTS=build.example.org SITE_URL=https://build.example.org TRUSTED_PROXIES=1 VAR_DIR=/tmp/var \
    python manage.py collectstatic --noinput --verbosity=0 \
    && rm -r /tmp/var
USER mentorship
EXPOSE 8000
# Whether the web process answers. /readyz says whether all of it works.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["gunicorn", "mentorship.wsgi", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "16", "--worker-tmp-dir", "/dev/shm"]
