/* The structs of the cluster described member by member, like the rest of the plan in shapes.c. */
#include "plan/members.h"

extern const struct shape range_shape, cilium_shape, entry_point_shape, traefik_shape, ingress_shape, node_shape, watch_pool_shape,
	watch_shape, direct_shape, external_dns_shape, argocd_shape;

SHAPE(range_shape, plan_range,
	M(ADDRESS, plan_range, start, "first address"),
	M(ADDRESS, plan_range, stop, "last address"));

SHAPE(cilium_shape, plan_cilium,
	M(TEXT, plan_cilium, version, "Cilium release"),
	M(TEXT, plan_cilium, pool_api, "apiVersion of CiliumLoadBalancerIPPool"),
	M(FLAG, plan_cilium, cidrs, "the release knows `cidrs`, not `blocks`"),
	MLO(plan_cilium, ranges, range_shape, "general pool without the ingress's address"),
	ML(PREFIX, plan_cilium, range_prefixes, "the same addresses as prefixes"),
	M(FLAG, plan_cilium, pool, "there is a general pool"),
	M(TEXT, plan_cilium, ingress6_name, "name of the pool with the ingress's IPv6 address"),
	M(TEXT, plan_cilium, pool6_name, "name of the general IPv6 pool"),
	M(FLAG, plan_cilium, pool6, "there is a general IPv6 pool"),
	MLO(plan_cilium, ranges6, range_shape, "its addresses without the ingress's; empty: the prefix is not known yet"));

SHAPE(entry_point_shape, plan_entry_point,
	M(TEXT, plan_entry_point, name, "name in Traefik"),
	M(NUMBER, plan_entry_point, port, "port of the ingress service"),
	M(NUMBER, plan_entry_point, inside, "port of Traefik's pod; 0: the chart's own"),
	M(FLAG, plan_entry_point, own, "made for published names: only routers that name it attach to it"),
	M(FLAG, plan_entry_point, tls, "its connections are TLS"),
	M(NUMBER, plan_entry_point, http3, "port that browsers are told for HTTP/3; 0: none"),
	M(FLAG, plan_entry_point, relayed, "the relay ends there"),
	M(FLAG, plan_entry_point, proxy, "the relay sends visitors' addresses there (PROXY protocol)"));

SHAPE(traefik_shape, plan_traefik,
	M(TEXT, plan_traefik, chart, "release of Traefik's Helm chart"),
	MLO(plan_traefik, entry_points, entry_point_shape, "the chart's entry points, then the site's own"),
	M(FLAG, plan_traefik, own, "there is an entry point for published names only"),
	M(FLAG, plan_traefik, proxy, "the relay sends visitors' addresses to some entry point"),
	ML(PREFIX, plan_traefik, trusted, "as whom Traefik sees the hub"),
	M(FLAG, plan_traefik, nodes, "among them others than the hub"),
	M(TEXT, plan_traefik, policy, "externalTrafficPolicy of the service; absent: as it is"),
	M(FLAG, plan_traefik, tls_in_http, "this release of the chart has TLS in a section http"),
	M(TEXT, plan_traefik, umbrella, "name of the chart in a chart of the owner's; absent: none"),
	M(FLAG, plan_traefik, dual_stack, "the service gets addresses of both IP versions"),
	M(FLAG, plan_traefik, ports, "something is written for the entry points"),
	M(FLAG, plan_traefik, local, "with traffic policy Local only nodes with a pod answer for the service"));

SHAPE(ingress_shape, plan_ingress,
	M(ADDRESS, plan_ingress, address, "load-balancer address"),
	M(PREFIX, plan_ingress, address_prefix, "the same as a host prefix"),
	M(ADDRESS, plan_ingress, suffix6, "host part of its IPv6 address; absent: none"),
	M(TEXT, plan_ingress, namespace, "namespace of the ingress service"),
	M(TEXT, plan_ingress, service, "name of the ingress service"),
	MO(POINTER, plan_ingress, traefik, traefik_shape, "what the relay needs of Traefik; absent: nothing is written"));

SHAPE(node_shape, plan_node,
	M(TEXT, plan_node, name, "name"),
	M(TEXT, plan_node, interface, "its network interface"),
	M(ADDRESS, plan_node, address, "its IPv4 address"),
	M(ADDRESS, plan_node, token, "the host part that it is to use; absent: EUI-64 of its MAC address"),
	M(ADDRESS, plan_node, suffix, "its host part; absent: not known"),
	M(ADDRESS, plan_node, address6, "its IPv6 address; absent: host part or prefix are not known"),
	M(TEXT, plan_node, network_file, "the file of systemd-networkd that configures the interface"),
	M(FLAG, plan_node, ifupdown, "ifupdown configures the interface"),
	M(FLAG, plan_node, networkd, "systemd-networkd does"),
	M(FLAG, plan_node, netplan, "netplan does"),
	M(FLAG, plan_node, networkmanager, "NetworkManager does"));

SHAPE(watch_pool_shape, plan_watch_pool,
	M(TEXT, plan_watch_pool, name, "name of a pool that follows the prefix"),
	MLO(plan_watch_pool, ranges, range_shape, "host parts of its addresses, below the /64 of the nodes' network"));

SHAPE(watch_shape, plan_watch,
	ML(TEXT, plan_watch, interfaces, "the nodes' interfaces; empty: that of the default route"),
	MLO(plan_watch, pools, watch_pool_shape, "pools that follow the prefix"));

SHAPE(direct_shape, plan_direct,
	M(TEXT, plan_direct, name, "name whose AAAA record external-dns makes"),
	M(FLAG, plan_direct, proxied, "behind Cloudflare's proxy"),
	M(FLAG, plan_direct, relayed, "it also has an A record that points to the VPS"));

SHAPE(external_dns_shape, plan_external_dns,
	M(TEXT, plan_external_dns, version, "release of external-dns"),
	M(TEXT, plan_external_dns, chart, "release of its Helm chart"),
	M(TEXT, plan_external_dns, owner, "owner id of its TXT registry"),
	M(TEXT, plan_external_dns, policy, "upsert-only or sync"),
	M(TEXT, plan_external_dns, namespace, "namespace that it runs in"),
	M(TEXT, plan_external_dns, secret, "secret with Cloudflare's token"),
	M(TEXT, plan_external_dns, secret_key, "key of the token in it"),
	M(TEXT, plan_external_dns, annotation_prefix, "what this release's annotations begin with"),
	ML(TEXT, plan_external_dns, sources, "kinds of objects that it reads"),
	ML(TEXT, plan_external_dns, zones, "zones in which it makes records"),
	ML(TEXT, plan_external_dns, zone_ids, "Cloudflare's ids of all of them; empty: not all are known"),
	MLO(plan_external_dns, names, direct_shape, "names whose AAAA records it makes"),
	M(FLAG, plan_external_dns, endpoints, "it makes the records that point to the VPS, too"),
	M(FLAG, plan_external_dns, record_types_value, "this release of the chart has managedRecordTypes"),
	M(FLAG, plan_external_dns, filter_value, "it has annotationFilter"),
	M(FLAG, plan_external_dns, prefix_value, "it has annotationPrefix"),
	M(FLAG, plan_external_dns, prefix_flag, "it has not, but the program takes --annotation-prefix"));

SHAPE(argocd_shape, plan_argocd,
	M(TEXT, plan_argocd, repo, "Git repository"),
	M(TEXT, plan_argocd, path, "folder of the manifests in it"),
	M(TEXT, plan_argocd, revision, "branch, tag or commit"),
	M(TEXT, plan_argocd, namespace, "namespace of Argo CD"),
	M(TEXT, plan_argocd, project, "project in Argo CD"));

SHAPE(cluster_shape, plan_cluster,
	M(TEXT, plan_cluster, network, "network of the nodes"),
	M(PREFIX, plan_cluster, subnet, "its IPv4 subnet"),
	M(FLAG, plan_cluster, ipv6, "the cluster was built for IPv6"),
	MLO(plan_cluster, nodes, node_shape, "nodes in a network with IPv6"),
	M(FLAG, plan_cluster, ifupdown, "ifupdown configures the interface of some of them"),
	M(FLAG, plan_cluster, networkd, "systemd-networkd does"),
	M(FLAG, plan_cluster, netplan, "netplan does"),
	M(FLAG, plan_cluster, networkmanager, "NetworkManager does"),
	MO(POINTER, plan_cluster, watch, watch_shape, "the pod that watches the prefix; absent: none"),
	MO(POINTER, plan_cluster, external_dns, external_dns_shape, "external-dns; absent: none"),
	MO(POINTER, plan_cluster, argocd, argocd_shape, "Argo CD; absent: none"),
	M(FLAG, plan_cluster, cloudflared, "a Cloudflare tunnel as a fallback"),
	MO(POINTER, plan_cluster, cilium, cilium_shape, "Cilium; absent: none"),
	MO(POINTER, plan_cluster, ingress, ingress_shape, "ingress controller; absent: none"));
