# hlgen: keeps what hlgen.rsc of site cabin-2 has changed: the way back is disarmed, its backup removed.
#
#   /import file-name=confirm.rsc
#
# Import this over a new connection through the tunnel: that proves that the way in works.

{

:local hlArmed [/system/scheduler/find where comment="hlgen:cabin-2:rollback"]
:if ([:len $hlArmed] = 0) do={
	:put "hlgen: cabin-2: nothing waits for a confirmation"
} else={
	/system/scheduler/remove $hlArmed
	:put "hlgen: cabin-2: confirmed"
	:log info "hlgen: cabin-2: confirmed"
}

# The backup holds keys: it does not stay.
:foreach hlId in=[/file/find where name="hlgen-cabin-2.backup"] do={/file/remove $hlId}
:foreach hlId in=[/file/find where name="flash/hlgen-cabin-2.backup"] do={/file/remove $hlId}

}
