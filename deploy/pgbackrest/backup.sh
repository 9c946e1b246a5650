#!/bin/sh
# Makes a backup of one stanza and proves that it can be restored: `backup.sh selfology diff` each day, `full` each week,
# by the timer of the server. It ends with another code than 0 when the backup is not good.
set -eu
stanza=$1 type=$2
scratch=$(mktemp -d "${TMPDIR:-/var/tmp}/verify-$stanza.XXXXXX")
trap 'rm -rf "$scratch"' EXIT

pgbackrest --stanza="$stanza" --type="$type" backup
pgbackrest --stanza="$stanza" verify
# Restored to its own end, elsewhere, and read whole: each page has a checksum.
pgbackrest --stanza="$stanza" --pg1-path="$scratch" --type=immediate --target-action=promote --archive-mode=off restore
bin=$(pg_config --bindir)
"$bin/pg_ctl" -D "$scratch" -w -t 900 -l "$scratch/log" -o "-c listen_addresses='' -c unix_socket_directories=$scratch \
  -c config_file=${CONFIG:-$scratch/postgresql.conf} -c hba_file=${HBA:-$scratch/pg_hba.conf} -c archive_mode=off -c port=5432" start
trap '"$bin/pg_ctl" -D "$scratch" -m immediate stop >/dev/null 2>&1 || true; rm -rf "$scratch"' EXIT
"$bin/pg_dumpall" -h "$scratch" -p 5432 >/dev/null
"$bin/psql" -h "$scratch" -p 5432 -d "${DATABASE:-postgres}" -Atc \
  "SELECT now() || ' verified: ' || pg_database_size(current_database()) || ' bytes'"
