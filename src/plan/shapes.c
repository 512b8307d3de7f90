/* The plan's structs described member by member: the names that templates use and `hlgen show` prints. */
#include "plan/plan.h"

#define M(type_, struct_, member_, doc_) { #member_, doc_, MEMBER_##type_, false, offsetof(struct struct_, member_), NULL }
#define ML(type_, struct_, member_, doc_) { #member_, doc_, MEMBER_##type_, true, offsetof(struct struct_, member_), NULL }
#define MO(type_, struct_, member_, shape_, doc_) \
	{ #member_, doc_, MEMBER_##type_, false, offsetof(struct struct_, member_), &(shape_) }
#define MLO(struct_, member_, shape_, doc_) { #member_, doc_, MEMBER_OBJECT, true, offsetof(struct struct_, member_), &(shape_) }

extern const struct shape flow_shape, peer_shape, opening_shape, hub_shape, network_shape, ingress6_shape,
	delegation_shape, family_shape, router_shape, client_shape, upstream_shape, listen_shape, redirect_shape,
	relay_shape, range_shape, cilium_shape, entry_point_shape, traefik_shape, ingress_shape, cluster_shape, record_shape, zone_shape, dns_shape;

SHAPE(flow_shape, plan_flow,
	M(TEXT, plan_flow, key, "stable name of this rule on a device"),
	M(TEXT, plan_flow, why, "who may reach what, in words"),
	M(PREFIX, plan_flow, from, "source"),
	M(PREFIX, plan_flow, to, "destination"),
	M(TEXT, plan_flow, protocol, "tcp or udp; absent: any"),
	M(TEXT, plan_flow, ports, "destination port or range; absent: any"),
	M(FLAG, plan_flow, ipv6, "source and destination are IPv6"));

SHAPE(peer_shape, plan_peer,
	M(TEXT, plan_peer, label, "who it is, for a comment"),
	M(TEXT, plan_peer, public_key, "WireGuard public key"),
	M(SECRET, plan_peer, preshared_key, "preshared key; absent: none"),
	ML(PREFIX, plan_peer, allowed_ips, "what the hub routes to this peer and accepts from it"));

SHAPE(opening_shape, plan_opening,
	M(TEXT, plan_opening, protocol, "tcp or udp"),
	M(TEXT, plan_opening, ports, "port or range"),
	M(PREFIX, plan_opening, from, "from where; absent: anywhere"),
	M(FLAG, plan_opening, ipv6, "`from` is IPv6"));

SHAPE(hub_shape, plan_hub,
	M(ADDRESS, plan_hub, address, "public IPv4 address of the VPS"),
	M(ADDRESS, plan_hub, address6, "public IPv6 address of the VPS; absent: none"),
	M(TEXT, plan_hub, ssh, "how the owner logs in"),
	M(TEXT, plan_hub, scp, "the same for scp"),
	M(NUMBER, plan_hub, ssh_port, "TCP port of sshd"),
	M(TEXT, plan_hub, wan, "interface that faces the internet"),
	M(TEXT, plan_hub, interface, "WireGuard interface"),
	M(SECRET, plan_hub, private_key, "the hub's WireGuard private key"),
	M(TEXT, plan_hub, public_key, "the hub's WireGuard public key"),
	ML(PREFIX, plan_hub, interface_addresses, "addresses of the WireGuard interface, with the tunnel network's length"),
	M(PREFIX, plan_hub, network, "the tunnel's IPv4 network"),
	M(PREFIX, plan_hub, network6, "the tunnel's IPv6 network; absent: none"),
	M(ADDRESS, plan_hub, tunnel_address, "the hub inside the tunnel"),
	M(ADDRESS, plan_hub, tunnel_address6, "the same, IPv6; absent: none"),
	M(NUMBER, plan_hub, port, "UDP port of WireGuard"),
	M(NUMBER, plan_hub, mtu, "MTU of the WireGuard interface"),
	M(FLAG, plan_hub, ipv6, "the tunnel has IPv6 addresses"),
	M(FLAG, plan_hub, nat66, "full-tunnel clients reach IPv6 through the VPS"),
	M(FLAG, plan_hub, nftables, "hlgen owns the host firewall"),
	M(FLAG, plan_hub, ufw, "UFW guards the VPS itself, hlgen's table only what passes through it"),
	M(NUMBER, plan_hub, generation, "a number that stands for all permissions of the tunnel"),
	M(FLAG, plan_hub, masquerade, "clients appear as the hub towards the LAN"),
	MLO(plan_hub, peers, peer_shape, "WireGuard peers, router first"),
	MLO(plan_hub, flows, flow_shape, "what the hub forwards inside the tunnel, to destinations that were named exactly"),
	MLO(plan_hub, network_flows, flow_shape, "the same, to the hosts of whole networks"),
	ML(PREFIX, plan_hub, router_addresses, "the router's own addresses in those networks, which their names do not open"),
	ML(PREFIX, plan_hub, full4, "clients that use the VPS as their way to the internet, IPv4"),
	ML(PREFIX, plan_hub, full6, "the same, IPv6"),
	MLO(plan_hub, openings, opening_shape, "other ports the owner keeps open"),
	ML(PREFIX, plan_hub, house4, "networks of the house and the tunnel, IPv4: never sent to the internet"),
	ML(PREFIX, plan_hub, house6, "the same, IPv6"));

SHAPE(network_shape, plan_network,
	M(TEXT, plan_network, name, "name"),
	M(NUMBER, plan_network, vlan, "VLAN id; 0: none"),
	M(PREFIX, plan_network, subnet, "IPv4 subnet"),
	M(ADDRESS, plan_network, gateway, "the router's address in it"),
	M(PREFIX, plan_network, address, "the same with the subnet's length"),
	M(TEXT, plan_network, interface, "the router's interface"),
	M(FLAG, plan_network, ipv6, "it gets a /64 of the delegated prefix"),
	M(TEXT, plan_network, subnet_id, "its subnet id in hexadecimal digits; absent: no IPv6"),
	M(ADDRESS, plan_network, suffix6, "the router's IPv6 address in it, below the delegated prefix; absent: no IPv6"),
	M(PREFIX, plan_network, address6, "the same with the prefix, as a /64; absent: no IPv6, or the prefix is not known yet"));

SHAPE(ingress6_shape, plan_ingress6,
	M(ADDRESS, plan_ingress6, suffix, "the ingress's IPv6 address, below the delegated prefix"),
	M(ADDRESS, plan_ingress6, address, "the same with the prefix; absent: the prefix is not known yet"));

SHAPE(delegation_shape, plan_delegation,
	M(TEXT, plan_delegation, pool, "the router's IPv6 pool"),
	M(NUMBER, plan_delegation, length, "length of the prefix that is asked for"),
	M(PREFIX, plan_delegation, hint, "the same as a prefix of zeros"),
	M(PREFIX, plan_delegation, prefix, "the prefix that the provider has assigned; absent: not known yet"),
	ML(ADDRESS, plan_delegation, dns, "DNS servers announced in the networks"),
	M(NUMBER, plan_delegation, longest, "the longest prefix that still holds every subnet id in use"),
	MO(POINTER, plan_delegation, ingress, ingress6_shape, "the ingress's IPv6 address; absent: none"));

SHAPE(family_shape, plan_family,
	M(TEXT, plan_family, name, "IPv4 or IPv6"),
	M(TEXT, plan_family, menu, "ip or ipv6"),
	M(TEXT, plan_family, icmp, "icmp or icmpv6"),
	M(FLAG, plan_family, ipv6, "this is IPv6"),
	M(FLAG, plan_family, tunnel, "the tunnel has addresses of this IP version"),
	M(FLAG, plan_family, internet, "the router guards its way to the provider: IPv6 of a delegated prefix"),
	M(PREFIX, plan_family, address, "the router's tunnel address with the network's length"),
	M(PREFIX, plan_family, hub, "the hub in the tunnel, as a host prefix"),
	M(PREFIX, plan_family, network, "the tunnel's network"),
	ML(PREFIX, plan_family, routes, "routes into the tunnel beyond its own network"),
	MLO(plan_family, forward, flow_shape, "from the tunnel into the LAN"),
	MLO(plan_family, input, flow_shape, "from the tunnel to the router itself"));

SHAPE(router_shape, plan_router,
	M(TEXT, plan_router, version, "RouterOS release"),
	M(TEXT, plan_router, interface, "WireGuard interface"),
	M(TEXT, plan_router, wan, "interface towards the provider"),
	M(TEXT, plan_router, bridge, "bridge that carries the VLANs"),
	M(TEXT, plan_router, lan_list, "interface list that the router's own firewall trusts"),
	ML(TEXT, plan_router, trunk, "bridge ports that carry all VLANs"),
	ML(TEXT, plan_router, tagged, "tagged members of every VLAN: the bridge, then the trunk"),
	M(SECRET, plan_router, private_key, "the router's WireGuard private key"),
	M(TEXT, plan_router, public_key, "the router's WireGuard public key"),
	M(SECRET, plan_router, preshared_key, "preshared key with the hub; absent: none"),
	M(PREFIX, plan_router, address, "IPv4 tunnel address with the network's length"),
	M(PREFIX, plan_router, address6, "IPv6 tunnel address with the network's length; absent: none"),
	M(ADDRESS, plan_router, endpoint, "where the hub listens"),
	M(NUMBER, plan_router, endpoint_port, "UDP port of the hub"),
	M(NUMBER, plan_router, listen_port, "the router's own UDP port"),
	M(NUMBER, plan_router, mtu, "MTU of the tunnel"),
	M(NUMBER, plan_router, keepalive, "seconds between keepalives; 0: none"),
	ML(PREFIX, plan_router, allowed_addresses, "what may come out of the tunnel and goes into it"),
	ML(PREFIX, plan_router, routes, "routes into the tunnel beyond its own network"),
	MLO(plan_router, forward4, flow_shape, "from the tunnel into the LAN"),
	MLO(plan_router, input4, flow_shape, "from the tunnel to the router itself, IPv4"),
	MLO(plan_router, input6, flow_shape, "the same, IPv6"),
	MLO(plan_router, families, family_shape, "the same facts for each IP version"),
	M(FLAG, plan_router, ipv6, "the tunnel has IPv6 addresses"),
	M(FLAG, plan_router, routed, "some client may open connections into the LAN"),
	M(FLAG, plan_router, vlans, "some network has a VLAN"),
	M(FLAG, plan_router, manage_vlans, "create VLAN interfaces, gateways and the bridge's VLAN table"),
	M(FLAG, plan_router, take_over, "adopt what earlier playbooks left"),
	M(ADDRESS, plan_router, inside, "an address that it has in the house before its import; absent: none is known"),
	M(NUMBER, plan_router, rollback, "seconds until an unconfirmed import is undone; 0: never"),
	M(FLAG, plan_router, dry_run, "the release can try an import without changing anything"),
	M(FLAG, plan_router, keeps_subnet_ids, "the release keeps the subnet ids of networks"));

SHAPE(client_shape, plan_client,
	M(TEXT, plan_client, name, "name of the file: the client's, with -full behind it for the second one of a device"),
	M(TEXT, plan_client, device, "the client's name in the site file"),
	M(TEXT, plan_client, other, "name of the device's other file, with tunnel: both; absent: none"),
	M(SECRET, plan_client, private_key, "WireGuard private key; absent when the client keeps its own"),
	M(TEXT, plan_client, public_key, "WireGuard public key"),
	M(SECRET, plan_client, preshared_key, "preshared key with the hub; absent: none"),
	M(FLAG, plan_client, own_key, "the client keeps its private key itself"),
	ML(PREFIX, plan_client, addresses, "tunnel addresses as host prefixes"),
	ML(ADDRESS, plan_client, dns, "DNS servers"),
	ML(TEXT, plan_client, search, "DNS search domains"),
	M(NUMBER, plan_client, mtu, "MTU; 0: the app's own default"),
	M(NUMBER, plan_client, keepalive, "seconds between keepalives; 0: none"),
	ML(PREFIX, plan_client, allowed_ips, "what the client sends into the tunnel"),
	M(FLAG, plan_client, full, "everything goes through the VPS"),
	M(TEXT, plan_client, endpoint, "address and port of the hub"),
	M(TEXT, plan_client, public_hub_key, "the hub's public key"));

SHAPE(upstream_shape, plan_upstream,
	M(TEXT, plan_upstream, id, "name in nginx"),
	M(ADDRESS, plan_upstream, address, "target in the LAN"),
	M(NUMBER, plan_upstream, port, "port of the target"));

SHAPE(listen_shape, plan_listen,
	M(TEXT, plan_listen, name, "name in the site file"),
	M(NUMBER, plan_listen, port, "public port, TCP or UDP"),
	M(FLAG, plan_listen, tls, "the TLS server name is read"),
	M(FLAG, plan_listen, any, "every server name is passed"),
	M(FLAG, plan_listen, udp, "datagrams are passed on: UDP"),
	M(FLAG, plan_listen, proxy, "the target is told the visitor's address (PROXY protocol)"),
	M(FLAG, plan_listen, http3, "UDP of a web server: QUIC, whose names are not read"),
	ML(TEXT, plan_listen, names, "server names that are passed"),
	MO(OBJECT, plan_listen, upstream, upstream_shape, "target"));

SHAPE(redirect_shape, plan_redirect,
	M(TEXT, plan_redirect, name, "name in the site file"),
	M(NUMBER, plan_redirect, port, "public TCP port"),
	ML(TEXT, plan_redirect, names, "host names that are redirected to https"));

SHAPE(relay_shape, plan_relay,
	M(FLAG, plan_relay, dedicated, "an nginx instance of its own"),
	M(FLAG, plan_relay, reads_names, "some listen compares TLS server names"),
	MLO(plan_relay, listens, listen_shape, "ports that are passed on"),
	MLO(plan_relay, redirects, redirect_shape, "HTTP ports that redirect to https"),
	M(FLAG, plan_relay, tcp, "some listen passes TCP connections on"),
	M(FLAG, plan_relay, udp, "some listen passes datagrams on"),
	M(NUMBER, plan_relay, udp_sessions, "visitors that a UDP port may have at once"),
	M(FLAG, plan_relay, proxy, "some listen tells its target the visitor's address"),
	ML(TEXT, plan_relay, ports, "all TCP ports of the relay"),
	ML(TEXT, plan_relay, udp_ports, "all UDP ports of the relay"),
	M(NUMBER, plan_relay, reject_port, "local port where unknown names end"));

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
	MO(POINTER, plan_cluster, watch, watch_shape, "the pod that watches the prefix; absent: none"),
	MO(POINTER, plan_cluster, external_dns, external_dns_shape, "external-dns; absent: none"),
	MO(POINTER, plan_cluster, argocd, argocd_shape, "Argo CD; absent: none"),
	M(FLAG, plan_cluster, cloudflared, "a Cloudflare tunnel as a fallback"),
	MO(POINTER, plan_cluster, cilium, cilium_shape, "Cilium; absent: none"),
	MO(POINTER, plan_cluster, ingress, ingress_shape, "ingress controller; absent: none"));

SHAPE(record_shape, plan_record,
	M(TEXT, plan_record, name, "the name in full, without a dot at its end"),
	M(TEXT, plan_record, type, "A or AAAA"),
	M(ADDRESS, plan_record, address, "where it points"),
	M(NUMBER, plan_record, ttl, "seconds; 1: the provider's choice"),
	M(FLAG, plan_record, proxied, "behind Cloudflare's proxy"));

SHAPE(zone_shape, plan_zone,
	M(TEXT, plan_zone, name, "DNS zone"),
	M(TEXT, plan_zone, id, "Cloudflare's id of the zone; absent: looked up by name"),
	MLO(plan_zone, records, record_shape, "public records"),
	ML(TEXT, plan_zone, waiting, "names whose AAAA record waits for the delegated prefix"),
	ML(TEXT, plan_zone, elsewhere, "names with records that external-dns makes"));

SHAPE(dns_shape, plan_dns,
	M(TEXT, plan_dns, owner, "comment that marks a record as hlgen's"),
	M(NUMBER, plan_dns, ttl, "seconds that resolvers keep a record which is not proxied"),
	MLO(plan_dns, zones, zone_shape, "zones of the public names"),
	MLO(plan_dns, endpoints, record_shape, "records that external-dns is told to make"),
	M(FLAG, plan_dns, waiting, "some name waits for the delegated prefix"),
	M(FLAG, plan_dns, elsewhere, "some name has a record that external-dns makes"),
	M(FLAG, plan_dns, proxied, "some record is behind Cloudflare's proxy"));

SHAPE(plan_shape, plan,
	M(TEXT, plan, site, "name of the site: tags everything hlgen owns on a device"),
	M(TEXT, plan, domain, "DNS domain"),
	MO(OBJECT, plan, hub, hub_shape, "the VPS"),
	MO(POINTER, plan, router, router_shape, "the router; absent: none"),
	MO(POINTER, plan, delegation, delegation_shape, "the delegated IPv6 prefix; absent: no IPv6 in the house"),
	MO(POINTER, plan, relay, relay_shape, "the relay; absent: none"),
	MO(POINTER, plan, cluster, cluster_shape, "the Kubernetes cluster; absent: none"),
	MO(POINTER, plan, dns, dns_shape, "public DNS records; absent: no public names"),
	MLO(plan, networks, network_shape, "networks behind the router"),
	MLO(plan, clients, client_shape, "files of the enabled WireGuard clients"));
