#!/bin/sh
# Stands for the Go command. `env GOVERSION` tells FAKE_GO_VERSION. `build … -o FILE PACKAGE` does by FAKE_GO_BUILD:
# hang (write half a file, start a compiler, and wait), broken (a file that does not run), fail, or a tool that works.
if [ "$1" = env ]; then
  echo "${FAKE_GO_VERSION:-go1.26.9}"
  exit
fi
echo "$$ build" >>"$FAKE_GO_LOG"
while [ "$1" != -o ]; do shift; done
case "$FAKE_GO_BUILD" in
  hang)
    echo half >"$2"
    echo x >"$GOTMPDIR/work"
    sleep 1000 &
    wait
    ;;
  broken)
    echo '#!/bin/sh' >"$2"
    echo 'echo I am broken >&2; exit 9' >>"$2"
    chmod +x "$2"
    ;;
  fail)
    echo 'go: downloading example.test v1' >&2
    echo 'no space left on device' >&2
    exit 1
    ;;
  *)
    sleep 1
    echo '#!/bin/sh' >"$2"
    chmod +x "$2"
    ;;
esac
