"""Background work: the Celery app, its tasks and schedule, and the commands that run processes.

`cli.py` holds the commands `serve` and `worker`; `serving.py` puts web, worker and schedule into
one process; `app.py` builds the Celery app around the services of a container.
"""
