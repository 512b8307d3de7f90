/* What the plan says about Traefik: the entry points that the relay uses, and as whom Traefik sees the hub. */
#include "plan_support.h"

#define SITE(kubernetes_, ingress_, relay_) \
	"domain: example.org\nrouter: { address: 10.100.0.2, version: \"7.24\" }\n" \
	"networks: { lan: { vlan: 10, subnet: 10.10.0.0/24 } }\n" \
	"kubernetes: { network: lan, " kubernetes_ " ingress: { address: 10.10.0.99" ingress_ " } }\n" \
	"relay: { " relay_ " }\nservices: { photos: { via: relay } }\n"
#define OWN ", chart: 41.3.0, entry_point: { name: public, port: 8443 }"
#define OLD "cilium: { version: 1.20.1 },"

static const struct plan_traefik *traefik_of(const char *text)
{
	const struct plan *plan = plan_of(text);
	assert_non_null(plan->cluster);
	assert_non_null(plan->cluster->ingress);
	return plan->cluster->ingress->traefik;
}

static const struct plan_entry_point *entry_of(const struct plan_traefik *traefik, const char *name)
{
	for (size_t i = 0; i < traefik->entry_points.count; i++) {
		if (str_equal(traefik->entry_points.items[i].name.value, str_of(name))) {
			return &traefik->entry_points.items[i];
		}
	}
	fail_msg("there is no entry point '%s'", name);
	return NULL;
}

static void is_trusted(const struct plan_traefik *traefik, const char *const *wanted)
{
	size_t count = 0;
	for (; wanted[count] != NULL; count++) {
		assert_true(count < traefik->trusted.count);
		is_prefix(traefik->trusted.items[count], wanted[count]);
	}
	assert_int_equal(traefik->trusted.count, count);
}

static void nothing_needed(void **state)
{
	(void)state;
	assert_null(traefik_of(SITE("", "", "a: { listen: 443, to: ingress:443, proxy_protocol: true }")));
	assert_null(traefik_of(SITE("", ", chart: 41.3.0", "a: { listen: 443, to: 10.10.0.5:443 }")));
	assert_null(traefik_of(SITE("", ", chart: 41.3.0", "a: { listen: 443, to: 10.10.0.5:443 }, b: { listen: 80, to: ingress:80 }")));
}

static void where_relays_end(void **state)
{
	(void)state;
	const struct plan_traefik *traefik = traefik_of(SITE("", OWN, "a: { listen: 443, to: ingress:public, proxy_protocol: true }, "
		"b: { listen: 80, to: \"10.10.0.99:80\" }"));
	assert_true(traefik->own && traefik->proxy && traefik->tls_in_http);
	const struct plan_entry_point *web = entry_of(traefik, "web"), *own = entry_of(traefik, "public");
	assert_true(web->relayed && !web->proxy && !web->tls);
	assert_false(entry_of(traefik, "websecure")->relayed);
	assert_true(own->own && own->relayed && own->proxy && own->tls);
	assert_int_equal(own->port, 8443);
	assert_int_equal(own->http3, 0);
	is_text(traefik->policy, "Local");
	is_trusted(traefik, (const char *const[]){ "10.100.0.1/32", NULL });
	traefik = traefik_of(SITE("", ", chart: 38.0.2", "a: { listen: 443, to: ingress:443 }"));
	assert_null(traefik->policy.value.ptr);
	assert_false(traefik->tls_in_http);
	is_trusted(traefik, (const char *const[]){ NULL });
}

/* Below 1.20.2: the nodes that are named, else their network; and the pods' network if it is known. */
static void nodes_between(void **state)
{
	(void)state;
#define PROXIED(kubernetes_) SITE(kubernetes_, ", chart: 41.3.0", "a: { listen: 443, to: ingress:443, proxy_protocol: true }")
	const struct plan_traefik *traefik = traefik_of(PROXIED(OLD));
	is_text(traefik->policy, "Cluster");
	assert_true(traefik->nodes);
	is_trusted(traefik, (const char *const[]){ "10.10.0.0/24", "10.100.0.1/32", NULL });
	is_trusted(traefik_of(PROXIED(OLD " pod_network: 10.244.0.0/16, nodes: { b: { address: 10.10.0.12 }, a: { address: 10.10.0.11 } },")),
		(const char *const[]){ "10.10.0.11/32", "10.10.0.12/32", "10.100.0.1/32", "10.244.0.0/16", NULL });
	traefik = traefik_of(PROXIED("cilium: { version: 1.20.2 }, pod_network: 10.244.0.0/16,"));
	is_text(traefik->policy, "Local");
	assert_false(traefik->nodes);
	is_trusted(traefik, (const char *const[]){ "10.100.0.1/32", NULL });
}

/* HTTP/3 of an entry point ends at the port that visitors see, beside a relay by TCP. */
static void datagrams(void **state)
{
	(void)state;
	const struct plan *plan = plan_of(SITE("", OWN, "a: { listen: 4443, to: ingress:public }, b: { listen: 4443, protocol: udp, to: ingress:public }"));
	assert_int_equal(entry_of(plan->cluster->ingress->traefik, "public")->http3, 4443);
	assert_int_equal(plan->relay->listens.items[0].upstream.port, 8443);
	assert_int_equal(plan->relay->listens.items[1].upstream.port, 4443);
	const struct plan_traefik *traefik = traefik_of(SITE("", OWN, "a: { listen: 443, to: ingress:443 }, b: { listen: 443, protocol: udp, to: ingress:443 }"));
	assert_int_equal(entry_of(traefik, "websecure")->http3, 443);
	assert_int_equal(entry_of(traefik, "public")->http3, 0);
	traefik = traefik_of(SITE("", OWN, "a: { listen: 443, to: ingress:443 }, b: { listen: 444, protocol: udp, to: ingress:444 }"));
	assert_int_equal(entry_of(traefik, "websecure")->http3, 0);
}

/* The ingress is never passed to unread, whether it is named or its address is written. */
static void the_ingress_by_its_address(void **state)
{
	(void)state;
	const struct plan *plan = plan_of(SITE("", OWN, "a: { listen: 8443, to: \"10.10.0.99:8443\" }, b: { listen: 80, to: \"10.10.0.99:80\" }, "
		"c: { listen: 9443, to: \"10.10.0.5:8443\" }"));
	assert_true(plan->relay->listens.items[0].tls);
	assert_int_equal(plan->relay->listens.items[0].names.count, 1);
	assert_false(plan->relay->listens.items[1].tls);
	assert_false(plan->relay->listens.items[2].tls);
}

/* However many UDP ports there are, they leave room for TCP. */
static void datagrams_share(void **state)
{
	(void)state;
#define GAMES "a: { listen: 1001, protocol: udp, to: \"10.10.0.5:1001\" }, b: { listen: 1002, protocol: udp, to: \"10.10.0.5:1002\" }"
	assert_int_equal(plan_of(SITE("", "", GAMES ", c: { listen: 443, to: ingress:443 }"))->relay->udp_sessions, 1000);
	assert_int_equal(plan_of(SITE("", "", GAMES ", c: { listen: 443, to: ingress:443 }, d: { listen: 443, protocol: udp, to: ingress:443 }"))
		->relay->udp_sessions, 666);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(nothing_needed, set_up_plan, tear_down_plan),
		cmocka_unit_test_setup_teardown(where_relays_end, set_up_plan, tear_down_plan),
		cmocka_unit_test_setup_teardown(nodes_between, set_up_plan, tear_down_plan),
		cmocka_unit_test_setup_teardown(datagrams, set_up_plan, tear_down_plan),
		cmocka_unit_test_setup_teardown(the_ingress_by_its_address, set_up_plan, tear_down_plan),
		cmocka_unit_test_setup_teardown(datagrams_share, set_up_plan, tear_down_plan),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
