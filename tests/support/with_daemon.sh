#!/bin/sh
# with_daemon.sh COMMAND...: runs it beside a corrald of its own, whose socket is CORRAL_THROUGH; fails when either does.
# The file CORRAL_CALLED gets what the daemon was called for.
folder=$(mktemp -d) || exit
mkdir -p "$folder/etc/corral"
echo "metrics_socket = \"$folder/metrics\"" > "$folder/etc/corral/corrald.conf"
"$CORRAL_BUILD/bin/corrald" --root "$folder" &
daemon=$!
while [ ! -S "$folder/run/corral-sock" ]; do
    kill -0 $daemon || exit
    sleep 0.02
done
CORRAL_THROUGH=$folder/run/corral-sock "$@"
status=$?
if [ -n "$CORRAL_CALLED" ]; then
    /usr/bin/python3 "$CORRAL_SOURCE/tests/support/called.py" "$folder/metrics" "$CORRAL_CALLED" || status=1
fi
kill $daemon
wait $daemon || { echo "corrald ended with $?" >&2; status=1; }
rm -rf "$folder"
exit $status
