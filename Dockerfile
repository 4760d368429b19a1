# The image of the portal: web, worker, scheduler and migration run from it (docker-compose.yml).

FROM python:3.11-slim-bookworm AS build
WORKDIR /portal
COPY locks/ locks/
# Two environments: one that builds (it also holds npm and what compiles the languages), one that is shipped.
RUN python -m venv /opt/build \
 && /opt/build/bin/pip install --no-cache-dir --require-hashes --only-binary :all: -r locks/demo.txt \
 && /opt/build/bin/pip install --no-cache-dir --require-hashes --only-binary :all: -r locks/node.txt
RUN python -m venv /opt/portal \
 && /opt/portal/bin/pip install --no-cache-dir --require-hashes --only-binary :all: -r locks/runtime.txt
COPY . .
RUN /opt/build/bin/python -c "from lbf_portal.workbench import assets, catalogues; assets.build(); catalogues.compile_all()"
# Collecting files asks for settings that are not used here: the secret is made up and forgotten.
RUN DJANGO_SETTINGS_MODULE=lbf_portal.settings.production \
    LBF_DATA_DIR=/var/lib/lbf_portal \
    LBF_DATABASE_URL=postgresql://nobody@localhost/none \
    LBF_ALLOWED_HOSTS=localhost \
    LBF_CLAMD_SOCKET=none:3310 \
    LBF_SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(60))')" \
    /opt/portal/bin/python manage.py collectstatic --no-input \
 && rm -rf node_modules

FROM python:3.11-slim-bookworm
RUN apt-get update \
 && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --user-group --no-create-home portal \
 && install -d -o portal -g portal /var/lib/lbf_portal /var/lib/lbf_portal/files /var/lib/lbf_portal/scheduler
COPY --from=build /opt/portal /opt/portal
COPY --from=build /portal /portal
COPY --from=build /var/lib/lbf_portal/static /var/lib/lbf_portal/static
WORKDIR /portal
ENV PATH=/opt/portal/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=lbf_portal.settings.production \
    LBF_DATA_DIR=/var/lib/lbf_portal \
    # Fontconfig keeps its index there while letters are made; everything else is read-only.
    XDG_CACHE_HOME=/tmp
USER portal
EXPOSE 8000
# The log keeps no queries: one may hold the secret of a calendar's address (applications/views/deadlines.py).
# Threads: a slow reader or a connection opened in advance must not hold a whole worker.
CMD ["gunicorn", "lbf_portal.wsgi:application", "--bind", "0.0.0.0:8000", "--workers", "2", "--worker-class", "gthread", \
     "--threads", "4", "--preload", "--no-control-socket", "--worker-tmp-dir", "/dev/shm", "--access-logfile", "-", \
     "--access-logformat", "%(h)s %(t)s \"%(m)s %(U)s %(H)s\" %(s)s %(b)s \"%(a)s\""]
