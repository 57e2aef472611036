#!/bin/sh
# Gives the pod's processes the file system that the pod describes, in the mount namespace this runs in: a small read-only
# root with the machine's programs, and the given mounts. Says "ready" and stays until its standard input ends, so that
# others can join; the mounts are gone with the last of them.
#
# usage: unshare --mount namespace.sh ROOT [tmpfs BYTES PATH | bind SOURCE PATH]...
set -eu
root=$1
shift

mount -t tmpfs -o mode=0755 tmpfs "$root"

for directory in bin etc lib lib32 lib64 nix usr; do
  if [ -L "/$directory" ]; then
    cp -P "/$directory" "$root/$directory"
  elif [ -d "/$directory" ]; then
    mkdir "$root/$directory"
    mount --rbind "/$directory" "$root/$directory"
  fi
done
mkdir "$root/proc" "$root/dev"
mount --rbind /proc "$root/proc"
for device in null zero random urandom; do
  : > "$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done

while [ $# -gt 0 ]; do
  case $1 in
    tmpfs)
      mkdir -p "$root$3"
      # As the kubelet makes an emptyDir: anybody in the pod may write.
      mount -t tmpfs -o "size=$2,mode=0777" tmpfs "$root$3"
      ;;
    bind)
      mkdir -p "$(dirname "$root$3")"
      : > "$root$3"
      mount --bind "$2" "$root$3"
      ;;
  esac
  shift 3
done

cd "$root"
mkdir .machine
pivot_root . .machine
umount -l /.machine
rmdir /.machine
mount -o remount,bind,ro /

echo ready
exec cat > /dev/null
