# Owns one server and all of its files. It runs as the server's user. Its standard input is a pipe from the process that
# started it. When that pipe closes, in whatever way the process ended, it stops the server and removes all files. The
# files are created by this script only, and only SIGKILL ends it early, so that nothing can be left behind.
#
# Arguments: HOME TEMPLATE PARTIAL BIN INITDB-OPTIONS SERVER-OPTION...
#   HOME      the folder to create; the cluster is HOME/data, and the socket is in HOME
#   TEMPLATE  the archive of a cluster to unpack in HOME; if it is empty, a new cluster is created
#   PARTIAL   the folder for the archive of a new cluster, which the process renames to its place in the cache; may be empty
#   INITDB-OPTIONS  one argument, separated by spaces
# It writes `made` to its standard output once there is a cluster, or else an error message. Then it reads commands from
# its standard input, one on each line:
#   start     starts the server, or starts it again if it has ended by itself. Its output goes to HOME/output, a FIFO which
#             reaches its end when no process of the server is left.
#   INT, QUIT, KILL  ends the server by this signal
#   save PATH  shuts the server down and makes a snapshot of its cluster and the files key and note in HOME. The snapshot
#              appears atomically.
#   note PATH  replaces the note of a snapshot, if it still exists, by the one in HOME

trap '' HUP INT TERM PIPE
umask 077
ulimit -c 0
exec 2>&1
home=$1 template=$2 partial=$3 bin=$4 initdb=$5
shift 5
server= alone=

# The databases that are not used are dropped, so that a cluster has 374 files instead of 970.
make_cluster() {
    # shellcheck disable=SC2086 # The options are words.
    "$bin/initdb" -D "$home/data" $initdb </dev/null >"$home/log" 2>&1 &&
        printf '%s\n' "update pg_database set datistemplate = false where datname = 'template0'" \
            'drop database template0' 'drop database postgres' |
        "$bin/postgres" --single -F -D "$home/data" template1 >"$home/log" 2>&1
    made=$?
    [ $made -eq 0 ] || cat "$home/log"
    # The folder of extensions, which are part of the key of snapshots.
    "$bin/initdb" -D "$home/data" --show 2>&1 | sed -n 's/^share_path=//p' >"$home/share_path"
    return $made
}

# A cluster is cached as one archive, which is read faster than many files.
keep_cluster() {
    mkdir "$partial" && tar -cf "$partial/cluster.tar" -C "$home" data && cp "$home/share_path" "$partial/share_path"
}

fill() {
    if [ -n "$template" ]; then
        tar -xmf "$template" -C "$home"
        return
    fi
    make_cluster || return
    [ -z "$partial" ] || keep_cluster || rm -rf "$partial"
    return 0
}

end() {
    [ -n "$server" ] || return
    # The signal is repeated, because a server that has just been started does not handle it yet. Without the process that
    # reads the FIFO the server can also block when it opens it, so this script opens it then. It must not do so while the
    # process lives, which would see an early end of the output.
    while kill -"$1" "$server"; do
        [ -z "$alone" ] || true <>"$home/output"
        sleep 0.1 || sleep 1
    done &
    wait "$server"
    ended=$?
    kill -KILL $!
    server=
    return $ended
}

start() {
    end KILL
    "$bin/postgres" -D "$home/data" -k "$home" "$@" </dev/null >"$home/output" 2>&1 &
    server=$!
}

# The key is the last file in the archive, so an archive that contains it is complete.
save() {
    [ -z "$partial" ] || rm -rf "$partial"
    partial=${1%/*}/partial-${1##*-}
    end INT && mkdir "$partial" && tar -cf "$partial/cluster.tar" -C "$home" data key &&
        cp "$home/note" "$partial/note" && mv "$partial" "$1"
}

note() {
    cp "$home/note" "$1/note-$$" && mv "$1/note-$$" "$1/note" || rm -f "$1/note-$$"
}

# Removes the shared memory of a server that was killed, whose id is in its postmaster.pid.
forget() {
    [ -f "$home/data/postmaster.pid" ] || return
    sed -n 7p "$home/data/postmaster.pid" | while read -r _ id; do ipcrm -m "$id"; done
}

if mkdir "$home" && mkfifo "$home/output" && fill; then
    echo made
    exec >/dev/null 2>&1
    while read -r command path; do
        case $command in
            start) start "$@" ;;
            save) save "$path" ;;
            note) note "$path" ;;
            *) end "$command" ;;
        esac
    done
    alone=yes
    end QUIT
    forget
fi
# After a server was killed from outside, its processes can write files for a moment.
rm -rf "$home" || { sleep 1; rm -rf "$home"; }
[ -z "$partial" ] || rm -rf "$partial"
