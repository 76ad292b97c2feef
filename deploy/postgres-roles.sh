#!/bin/sh
# The roles and the database of docs/operations.md, "Starting": one owner for migrations and projector, one reader for the query app.
# The PostgreSQL image runs this once, when it creates its data directory.
set -eu
psql --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres \
  --set owner_password="$TOKENS_OWNER_PASSWORD" --set reader_password="$TOKENS_READER_PASSWORD" <<'SQL'
create role tokens_owner login password :'owner_password';
create role tokens_reader login password :'reader_password';
create database tokens owner tokens_owner template template0 encoding 'UTF8';
\connect tokens
-- before the first migration: it applies only to tables created from now on
alter default privileges for role tokens_owner grant select on tables to tokens_reader;
SQL
