#!/bin/sh
# Run before Nginx is told to end, where a name stands for the addresses of all backends (ENTRANCE_BACKENDS, host:port).
# Nginx cannot tell its WebSocket clients that it goes, but the backends can: each is asked to tell those that came
# through here. They come back through another frontend, one after the other, while Nginx waits for the last of them.
#
#   leave.sh SECONDS    how long to wait first: new clients may still be sent here for a moment
set -u
sleep "$1"
[ -n "${ENTRANCE_BACKENDS:-}" ] || exit 0
for address in $(getent ahosts "${ENTRANCE_BACKENDS%:*}" | awk '!seen[$1]++ { print $1 }'); do
  case $address in *:*) address="[$address]" ;; esac
  # One that cannot be reached has no clients, or is about to lose them by itself.
  wget -q -T 3 -O /dev/null --post-data= "http://$address:${ENTRANCE_BACKENDS##*:}/leave" &
done
wait
