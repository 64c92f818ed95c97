#!/usr/bin/env bash
# pack-binary.sh IMAGE NAME FOLDER: takes `tickwire` out of an image of this machine's architecture, proves that it is
# static and runs here, and packs it with its licence as FOLDER/NAME.tar.gz. The same image gives the same file.
set -euo pipefail
image=$1 name=$2 folder=$3

stage=$(mktemp --directory)
trap 'rm -rf "$stage"' EXIT
mkdir -p "$stage/$name" "$folder"

container=$(docker create "$image")
docker cp --quiet "$container:/tickwire" "$stage/$name/tickwire"
docker rm "$container" > /dev/null
cp LICENSE README.md CHANGELOG.md "$stage/$name/"

if ldd "$stage/$name/tickwire" 2> /dev/null | grep --quiet '=>'; then
  echo "pack-binary: tickwire of $image asks for shared libraries" >&2
  exit 1
fi
"$stage/$name/tickwire" --version

tar --create --gzip --file "$folder/$name.tar.gz" --directory "$stage" \
  --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner "$name"
