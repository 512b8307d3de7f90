"""What scenarios have in common: the prefixes, and the quiet house that most of them begin with."""

A, B, C = "2001:db8:1:30::/64", "2001:db8:2:30::/64", "2001:db8:3:30::/64"
ULA = "fd5e:7a1c:90d2:30::/64"
GONE = 0                     # preferred lifetime of a prefix that a router takes back
QUIET = 16                   # longer than what a watcher takes to see a change


def begin(world, prefix=A, **environment):
    """A quiet house: the node has the prefix, the pools too, and the watcher has seen that. Two GETs."""
    world.announce(prefix)
    world.settled(prefix)
    world.pools(prefix)
    world.start(**environment)
    world.counted(prefix)
    world.calls(2, 0)
