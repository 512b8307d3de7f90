# hlgen: keeps what hlgen.rsc of site relay has changed: the way back is disarmed, its backup removed.
#
#   /import file-name=confirm.rsc
#
# Import this over a new connection through the tunnel: that proves that the way in works.

{

:local hlArmed [/system/scheduler/find where comment="hlgen:relay:rollback"]
:if ([:len $hlArmed] = 0) do={
	:put "hlgen: relay: nothing waits for a confirmation"
} else={
	/system/scheduler/remove $hlArmed
	:put "hlgen: relay: confirmed"
	:log info "hlgen: relay: confirmed"
}

# The backup holds keys: it does not stay.
:foreach hlId in=[/file/find where name="hlgen-relay.backup"] do={/file/remove $hlId}
:foreach hlId in=[/file/find where name="flash/hlgen-relay.backup"] do={/file/remove $hlId}

}
