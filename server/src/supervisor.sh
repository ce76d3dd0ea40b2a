# Owns one server from its first file to its last. It runs as the server's user, and its standard input is a pipe
# whose other end the process that started it alone holds: when that closes, however the process ended, the server
# is stopped and every file removed. Nothing is made before this script runs and nothing but SIGKILL ends it early,
# so that there is no moment in which something could be left behind.
#
# Arguments: HOME TEMPLATE PARTIAL BIN INITDB-OPTIONS SERVER-OPTION...
#   HOME      the folder to make; the cluster becomes HOME/data, the socket stands in HOME
#   TEMPLATE  the archive of a cluster, to unpack in HOME; may be empty, and a new cluster is made
#   PARTIAL   the folder to put the archive of a new cluster into, to be renamed to where it is kept; may be empty
#   INITDB-OPTIONS  one argument, separated by spaces
# The standard output is `made` once there is a cluster, or what went wrong. From then on the standard input has
# commands, one in a line:
#   start     starts the server, anew if it has ended by itself. What it writes goes to HOME/output, a FIFO whose end
#             tells that no process of the server is left.
#   INT, QUIT, KILL  ends it by that signal
#   save PATH  ends it in good order and packs its cluster, with the files that stand beside it in HOME, into a snapshot
#              that is there from one moment to the next, or never
#   note PATH  gives a snapshot that is still there the note that stands in HOME

trap '' HUP INT TERM PIPE
umask 077
ulimit -c 0
exec 2>&1
home=$1 template=$2 partial=$3 bin=$4 initdb=$5
shift 5
server= alone=

# Without the databases that nobody connects to, a cluster is 374 files instead of 970.
make_cluster() {
    # shellcheck disable=SC2086 # The options are words.
    "$bin/initdb" -D "$home/data" $initdb </dev/null >"$home/log" 2>&1 &&
        printf '%s\n' "update pg_database set datistemplate = false where datname = 'template0'" \
            'drop database template0' 'drop database postgres' |
        "$bin/postgres" --single -F -D "$home/data" template1 >"$home/log" 2>&1
    made=$?
    [ $made -eq 0 ] || cat "$home/log"
    # Where its extensions are, for who has to know whether they have changed.
    "$bin/initdb" -D "$home/data" --show 2>&1 | sed -n 's/^share_path=//p' >"$home/share_path"
    return $made
}

# One file of a cluster is read faster than all of its own.
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
    # Again and again: one that has only just begun does not listen to signals yet. It may even wait for somebody to
    # read what it writes, who is gone; while he is there, another writer's end would tell him the wrong thing.
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

# The key comes last in the archive: one that has it is whole.
save() {
    [ -z "$partial" ] || rm -rf "$partial"
    partial=${1%/*}/partial-${1##*-}
    end INT && mkdir "$partial" && tar -cf "$partial/cluster.tar" -C "$home" data key &&
        cp "$home/note" "$partial/note" && mv "$partial" "$1"
}

note() {
    cp "$home/note" "$1/note-$$" && mv "$1/note-$$" "$1/note" || rm -f "$1/note-$$"
}

# The shared memory of a server that was killed, whose number it has left in its file.
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
# A server that was killed from outside can leave processes that still write for a moment.
rm -rf "$home" || { sleep 1; rm -rf "$home"; }
[ -z "$partial" ] || rm -rf "$partial"
