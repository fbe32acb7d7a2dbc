#!/bin/sh
# Boots a board with two of its Ethernet ports as TAPs of this computer, gives each TAP a network namespace of its own,
# and runs iperf3 from one to the other. As root. Options behind the MTU are those of `bringup boot`.
#
#   docs/network/iperf.sh board.dtb fm1-mac3 fm1-mac4 [MTU [--offload]]
set -eu
bringup="node $(dirname "$0")/../../bin/bringup.cjs"
tree=$1 first=$2 second=$3 mtu=${4:-1500}
left=bl$$ right=br$$ said=$(mktemp)
jumbo=
shift 3
[ $# -eq 0 ] || shift
[ "$mtu" -le 1500 ] || jumbo='--param fsl_dpa.max-frame=9600'

# shellcheck disable=SC2086
$bringup boot "$tree" --state failed --tap "$first=$left" --tap "$second=$right" $jumbo "$@" >"$said" &
board=$!
# Ctrl-C or an error: everything goes.
end() { kill -TERM $board 2>/dev/null || true; wait $board || true; ip netns del $left 2>/dev/null || true; ip netns del $right 2>/dev/null || true; }
trap 'end; rm -f "$said"' EXIT

until grep -q '^a cable' "$said"; do kill -0 $board; sleep 0.1; done
ip netns add $left
ip netns add $right
ip link set $left netns $left
ip link set $right netns $right
ip -n $left addr add 10.98.0.1/24 dev $left
ip -n $right addr add 10.98.0.2/24 dev $right
ip -n $left link set $left mtu "$mtu" up
ip -n $right link set $right mtu "$mtu" up

ip netns exec $left ping -q -c 1 -w 20 10.98.0.2 >/dev/null
ip netns exec $right iperf3 -s -1 >/dev/null &
server=$!
until ip netns exec $right grep -q ':1451 .* 0A ' /proc/net/tcp6; do sleep 0.1; done
ip netns exec $left iperf3 -c 10.98.0.2 -t 5 -Z
wait $server
end
cat "$said"
