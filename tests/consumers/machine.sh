# install_tree TREE: makes this mount namespace look like a VPS on which the tree's vps/ folder is installed; sourced.
# shellcheck shell=bash
#
# Everything below /etc, /usr and /var may then be written to; nothing of it reaches the real machine.

install_tree() {
	local tree=$1 top scratch
	mount --make-rprivate / || return 1
	scratch=$(mktemp -d "${TMPDIR:-/tmp}/hlgen-machine.XXXXXX") || return 1
	mount -t tmpfs tmpfs "$scratch" || return 1
	ip link set lo up
	for top in etc usr var; do
		mkdir -p "$scratch/$top" "$scratch/$top.work" "$scratch/$top.tree"
		[ ! -d "$tree/vps/$top" ] || cp -R --preserve=mode "$tree/vps/$top/." "$scratch/$top.tree"
		# Folders that a fresh installation of the packages has.
		case $top in
		var) mkdir -p "$scratch/var.tree/log/nginx" "$scratch/var.tree/lib/nginx" ;;
		esac
		mount -t overlay overlay -o \
			"lowerdir=$scratch/$top.tree:/$top,upperdir=$scratch/$top,workdir=$scratch/$top.work" "/$top" || return 1
	done
	mount -t tmpfs tmpfs /run || return 1
	# The mounts live on when the folder's own mount is gone from sight.
	umount -l "$scratch" && rmdir "$scratch"
}
