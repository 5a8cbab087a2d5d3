#!/bin/sh
# usage: docs/deployment/make_secrets.sh [FOLDER]      (default: secrets, beside docker-compose.yml)
# Writes the secrets that docker-compose.yml mounts. What is there already is kept.
# The folder is closed to others; the files in it are not, because compose mounts them as they are
# and the portal's user in the container (10001) is nobody on this machine.
set -eu
folder=${1:-secrets}
mkdir -p "$folder"
chmod 700 "$folder"

random() { head -c 36 /dev/urandom | base64 | tr '+/' '-_' | tr -d '=\n'; }
keep() { # keep NAME TEXT
  [ -e "$folder/$1" ] || printf '%s\n' "$2" >"$folder/$1"
  chmod 444 "$folder/$1"
}

keep secret_key "$(random)"
keep postgres_password "$(random)"
keep database_url \
  "postgresql+psycopg://matchmaker:$(cat "$folder/postgres_password")@postgres:5432/matchmaker"
# smtp://user:password@host:port; empty: letters wait in the outbox.
keep smtp_url ""
ls -l "$folder"
