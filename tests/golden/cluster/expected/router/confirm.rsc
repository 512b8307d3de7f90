# hlgen: keeps what hlgen.rsc of site hill has changed: the way back is disarmed, its backup removed.
#
#   /import file-name=confirm.rsc
#
# Import this over a new connection through the tunnel: that proves that the way in works.

{

:local hlArmed [/system/scheduler/find where comment="hlgen:hill:rollback"]
:if ([:len $hlArmed] = 0) do={
	:put "hlgen: hill: nothing waits for a confirmation"
} else={
	/system/scheduler/remove $hlArmed
	:put "hlgen: hill: confirmed"
	:log info "hlgen: hill: confirmed"
}

# The backup holds keys: it does not stay.
:foreach hlId in=[/file/find where name="hlgen-hill.backup"] do={/file/remove $hlId}
:foreach hlId in=[/file/find where name="flash/hlgen-hill.backup"] do={/file/remove $hlId}

}
