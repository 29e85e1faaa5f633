#!/bin/sh
# with_daemon.sh COMMAND...: runs it beside a corrald of its own, whose socket is CORRAL_THROUGH; fails when either does
folder=$(mktemp -d) || exit
"$CORRAL_BUILD/bin/corrald" --root "$folder" &
daemon=$!
while [ ! -S "$folder/run/corral-sock" ]; do
    kill -0 $daemon || exit
    sleep 0.02
done
CORRAL_THROUGH=$folder/run/corral-sock "$@"
status=$?
kill $daemon
wait $daemon || { echo "corrald ended with $?" >&2; status=1; }
rm -rf "$folder"
exit $status
