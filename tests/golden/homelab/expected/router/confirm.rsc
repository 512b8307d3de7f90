# hlgen: keeps what hlgen.rsc of site ruddenchaux has changed: the way back is disarmed, its backup removed.
#
#   /import file-name=confirm.rsc
#
# Import this over a new connection through the tunnel: that proves that the way in works.

{

:local hlArmed [/system/scheduler/find where comment="hlgen:ruddenchaux:rollback"]
:if ([:len $hlArmed] = 0) do={
	:put "hlgen: ruddenchaux: nothing waits for a confirmation"
} else={
	/system/scheduler/remove $hlArmed
	:put "hlgen: ruddenchaux: confirmed"
	:log info "hlgen: ruddenchaux: confirmed"
}

# The backup holds keys: it does not stay.
:foreach hlId in=[/file/find where name="hlgen-ruddenchaux.backup"] do={/file/remove $hlId}
:foreach hlId in=[/file/find where name="flash/hlgen-ruddenchaux.backup"] do={/file/remove $hlId}

}
