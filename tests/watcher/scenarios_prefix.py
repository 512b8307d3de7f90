"""Scenarios of a node whose prefix changes, and of pools that are right or wrong from the start; each is a function of a World."""
import time

from scenario import A, B, C, GONE, QUIET, ULA, begin
from world import Wrong


def right_at_start(world):
    world.announce(A, ULA)
    world.settled(A, ULA)
    world.pools(A)
    # The same addresses in other words are not a difference.
    for side in world.sides:
        for name in world.wishes.names:
            side.api.apply(name, [{"start": block["start"].upper().replace("::", ":0000:0:00:"), "stop": block.get("stop", block["start"])}
                                  for block in world.wishes.blocks(name, A)])
    world.start()
    world.counted(A)
    world.stays_quiet(6)


def wrong_at_start(world):
    world.announce(A)
    world.settled(A)
    world.pools(B)
    world.start(INTERFACES="eth1\neth0\n")
    world.right(A)
    world.stays(A, QUIET)
    world.calls(2, 2)


def without_blocks(world):
    """As hlgen's own files make them."""
    world.announce(A)
    world.settled(A)
    world.pools(None)
    world.start()
    world.right(A)
    world.stays(A, QUIET)
    world.calls(2, 2)
    for side in world.sides:
        for name in world.wishes.names:
            pool = side.api.pools[name]
            if set(pool["spec"]) != {"blocks", "disabled", "serviceSelector"} or pool["metadata"]["generation"] != 2:
                raise Wrong(f"{side.shell}: more than the blocks was changed: {pool}")


def other_spellings(world):
    """A cidr, a range where one address is wanted, one block too many: each is a difference."""
    world.announce(A)
    world.settled(A)
    first, second = world.wishes.names
    for side in world.sides:
        side.api.apply(first, [{"cidr": "2001:db8:1:30::200/128"}])
        side.api.apply(second, world.wishes.blocks(second, A) + [{"start": "10.30.0.9"}])
    world.start()
    world.right(A)
    world.stays(A, QUIET)
    world.calls(2, 2)


def one_of_two(world):
    world.announce(A)
    world.settled(A)
    world.pools(A)
    world.pools(C, world.wishes.names[1])
    world.start()
    world.right(A)
    world.stays(A, QUIET)
    world.calls(2, 1)


def added(world):
    """At first only a ULA, and a prefix of another interface: that is no prefix at all."""
    world.announce(ULA)
    world.settled(ULA)
    world.pools(B)
    world.start()
    world.wait(lambda side: side.said("no usable IPv6 prefix on 'eth0'"))
    world.calls(2, 0)
    world.announce(ULA, A)
    world.right(A)
    world.stays(A, QUIET)
    world.calls(2, 2)


def replaced(world):
    begin(world)
    world.announce((A, GONE), B)
    world.right(B)
    world.stays(B, QUIET)
    world.calls(2, 2)
    world.said("the prefix is 2001:db8:2:30::/64, no longer 2001:db8:1:30::/64")


def replaced_old_stays(world):
    """The router never says that the old one is over."""
    begin(world, B)
    world.announce(A)
    world.right(A)
    world.stays(A, QUIET)
    world.settled(A, B)
    world.calls(2, 2)


def withdrawn(world):
    """No prefix is an outage: nothing is done, neither when it goes nor when it is back."""
    begin(world)
    world.announce((A, GONE))
    world.wait(lambda side: side.said("no usable IPv6 prefix on 'eth0'"))
    world.stays(A, QUIET)
    world.announce(A)
    world.stays(A, 20)
    world.calls(2, 0)


def there_and_back(world):
    begin(world)
    world.announce((A, GONE), B)
    world.right(B)
    world.announce(A, (B, GONE))
    world.right(A)
    world.stays(A, QUIET)
    world.calls(2, 4)


def flap(world, *states):
    """Every second the next of these, for 20 seconds."""
    for turn in range(20):
        world.announce(*states[turn % len(states)])
        time.sleep(1)


def flapping(world):
    """Between two prefixes, and then it stays with the new one: one change."""
    begin(world)
    flap(world, [(A, GONE), B], [A, (B, GONE)])
    world.announce((A, GONE), B)
    world.right(B)
    world.stays(B, QUIET)
    world.calls(2, 2)


def flapping_in_vain(world):
    """A new one that never stays for long, and the old one comes and goes as well: nothing."""
    begin(world)
    flap(world, [(A, GONE), B], [A, (B, GONE)], [(A, GONE), (B, GONE)])
    world.announce(A, (B, GONE))
    world.stays(A, QUIET)
    world.calls(2, 0)


def two_at_start(world):
    """The pools have one of them, though not the lowest: it stays, until it goes."""
    world.announce(A, B)
    world.settled(A, B)
    world.pools(B)
    world.start()
    world.counted(B)
    world.stays_quiet(3)
    world.right_now(B)
    world.said("as the pools have it")
    world.announce(A, (B, GONE))
    world.right(A)
    world.stays(A, QUIET)
    world.calls(2, 2)


def two_unknown(world):
    """The pools have neither: the lowest, and that is said."""
    world.announce(B, A)
    world.settled(A, B)
    world.pools(C)
    world.start()
    world.right(A)
    world.stays(A, QUIET)
    world.said("2001:db8:1:30::/64 is taken, the lowest")
    world.announce((A, GONE), B)
    world.right(B)
    world.stays(B, QUIET)
    world.calls(2, 4)


def two_come(world):
    """Two new ones at once, and one of them goes again."""
    begin(world)
    world.announce((A, GONE), B, C)
    world.right(B)
    world.announce((B, GONE), C)
    world.right(C)
    world.stays(C, QUIET)
    world.calls(2, 4)


def no_default_route(world):
    """The router is none for a while, though it announces the same prefix, and then another."""
    begin(world)
    world.announce(A, default=0)
    world.stays(A, QUIET)
    world.announce((A, GONE), B, default=0)
    world.right(B)
    world.announce((A, GONE), B)
    world.stays(B, QUIET)
    world.calls(2, 2)
