# Owns one embedded server from its first file to its last. It runs as the server's user, and its standard
# input is a pipe whose other end sqlward alone holds: when that closes, however sqlward ended, the server is
# stopped and every file removed. Nothing is made before this script runs and nothing but SIGKILL ends it
# early, so that there is no moment in which something could be left behind.
#
# Arguments: HOME TEMPLATE PARTIAL BIN INITDB-OPTIONS SERVER-OPTION...
#   HOME      the folder to make; the cluster becomes HOME/data, the socket stands in HOME
#   TEMPLATE  a cluster to copy; where there is none, a new one is made
#   PARTIAL   where to put a copy of a new cluster, for sqlward to rename to TEMPLATE; may be empty
#   INITDB-OPTIONS  one argument, separated by spaces
# What goes wrong is written to the standard output, which closes once neither server nor script is left.

trap '' HUP INT TERM PIPE
umask 077
ulimit -c 0
exec 2>&1
home=$1 template=$2 partial=$3 bin=$4 initdb=$5
shift 5

# Without the databases that nobody connects to, a cluster is 374 files instead of 970.
make_cluster() {
    # shellcheck disable=SC2086 # The options are words.
    "$bin/initdb" -D "$home/data" $initdb </dev/null >"$home/log" 2>&1 &&
        printf '%s\n' "update pg_database set datistemplate = false where datname = 'template0'" \
            'drop database template0' 'drop database postgres' |
        "$bin/postgres" --single -F -D "$home/data" template1 >"$home/log" 2>&1
    made=$?
    [ $made -eq 0 ] || cat "$home/log"
    return $made
}

fill() {
    [ -d "$template" ] && cp -R "$template" "$home/data" && return
    rm -rf "$home/data"
    make_cluster || return
    [ -z "$partial" ] || cp -R "$home/data" "$partial" || rm -rf "$partial"
    return 0
}

if mkdir "$home" && fill; then
    "$bin/postgres" -D "$home/data" -k "$home" "$@" </dev/null &
    server=$!
    # From here on the output is the server's alone, and ends with it.
    exec >/dev/null 2>&1
    read -r _
    # A server that has only just begun does not listen to signals yet.
    while kill -QUIT "$server"; do sleep 0.1 || sleep 1; done &
    wait "$server"
    kill -KILL $!
fi
# A server that was killed from outside can leave processes that still write for a moment.
rm -rf "$home" || { sleep 1; rm -rf "$home"; }
[ -z "$partial" ] || rm -rf "$partial"
