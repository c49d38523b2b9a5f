#!/bin/sh
# The accounts and the database are made once, before the server listens on the network.
set -eu
case ${1:-} in -*) set -- mysqld "$@" ;; esac
[ "$1" = mysqld ] || exec "$@"
shift

given() { # NAME: its value, or what is in the file that NAME_FILE names
  eval "file=\${$1_FILE:-} value=\${$1:-}"
  if [ -n "$file" ]; then cat "$file"; else printf '%s' "$value"; fi
}

chown mysql /var/run/mysqld
if [ ! -d /var/lib/mysql/mysql ]; then
  chown -R mysql /var/lib/mysql
  mariadb-install-db --no-defaults --user=mysql --datadir=/var/lib/mysql --auth-root-authentication-method=normal --skip-test-db >/dev/null
  root=$(given MYSQL_ROOT_PASSWORD) database=$(given MYSQL_DATABASE) user=$(given MYSQL_USER) password=$(given MYSQL_PASSWORD)
  {
    echo "CREATE DATABASE IF NOT EXISTS \`$database\`;"
    echo "CREATE USER '$user'@'%' IDENTIFIED BY '$password';"
    echo "GRANT ALL ON \`$database\`.* TO '$user'@'%';"
    echo "ALTER USER 'root'@'localhost' IDENTIFIED BY '$root';"
  } >/var/lib/mysql/first.sql
  chmod 600 /var/lib/mysql/first.sql
  chown mysql /var/lib/mysql/first.sql
  first=--init-file=/var/lib/mysql/first.sql
fi

# What MySQL alone knows is passed over.
for argument in "$@"; do
  shift
  case $argument in --*) argument="--loose-${argument#--}" ;; esac
  set -- "$@" "$argument"
done
exec mariadbd --no-defaults --user=mysql --datadir=/var/lib/mysql --socket=/var/run/mysqld/mysqld.sock ${first:-} "$@"
