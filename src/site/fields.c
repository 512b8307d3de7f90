/* The grammar of the site file: every section, key, type, default and its documentation. */
#include "site/field.h"
#include "site/site.h"

#define ONE(struct_, member_, type_, ...) \
	{ .form = FORM_ONE, .type = &(type_), .offset = offsetof(struct struct_, member_), __VA_ARGS__ }
#define MANY(struct_, member_, type_, ...) \
	{ .form = FORM_MANY, .type = &(type_), .offset = offsetof(struct struct_, member_), __VA_ARGS__ }
#define SECTION(struct_, member_, section_, ...) \
	{ .form = FORM_SECTION, .section = &(section_), .offset = offsetof(struct struct_, member_), __VA_ARGS__ }
#define NAMED(struct_, member_, section_, ...) \
	{ .form = FORM_NAMED, .section = &(section_), .offset = offsetof(struct struct_, member_), __VA_ARGS__ }
#define FIELDS(array) .count = sizeof(array) / sizeof *(array), .fields = (array)

static const char *const firewalls[] = { "nftables", "ufw", "none", NULL };
static const char *const nginx_modes[] = { "dedicated", "shared", NULL };
static const char *const appearances[] = { "themselves", "vps", NULL };
static const char *const vendors[] = { "routeros", NULL };
static const char *const relay_protocols[] = { "tcp", "udp", NULL };
static const char *const relay_name_modes[] = { "published", "any", NULL };
static const char *const vias[] = { "relay", "ipv6", "cloudflare", "private", NULL };
static const char *const managers[] = { "ifupdown", "systemd-networkd", "netplan", "networkmanager", NULL };
static const char *const families[] = { "ipv4", "ipv6", NULL };
static const char *const policies[] = { "upsert-only", "sync", NULL };
static const char *const sources[] = { "ingress", "service", "gateway-httproute", NULL };
static const char *const tunnels[] = { "split", "full", "both", NULL };

static const struct field vps_fields[] = {
	ONE(site_vps, address, type_ip4, .name = "address", .required = true, .example = "203.0.113.10",
	    .doc = "Public IPv4 address of the VPS: what router, phones and visitors dial."),
	ONE(site_vps, address6, type_ip6, .name = "address6", .example = "2001:db8:17:1::1",
	    .doc = "Public IPv6 address of the VPS. With it the relay answers on IPv6 in DNS and full-tunnel clients reach IPv6."),
	ONE(site_vps, ssh, type_ssh, .name = "ssh", .fallback_doc = "root@<address>", .example = "root@203.0.113.10",
	    .doc = "How you log in; used in the guide only."),
	ONE(site_vps, ssh_port, type_port, .name = "ssh_port", .fallback = "22",
	    .doc = "TCP port of sshd. The firewall keeps it open, so a wrong number locks you out."),
	ONE(site_vps, interface, type_interface, .name = "interface", .fallback = "eth0", .max = 15,
	    .doc = "Network interface that faces the internet (`ip -br link` shows it)."),
	ONE(site_vps, firewall, type_choice, .name = "firewall", .choices = firewalls, .fallback = "nftables",
	    .doc = "nftables: hlgen owns the firewall and enforces each client's reach. ufw: UFW guards the VPS itself, with hlgen's rules beside "
	           "yours; reach is enforced as with nftables. none: no rules on the VPS at all."),
	MANY(site_vps, allow, type_opening, .name = "allow", .example = "[\"9100/tcp from 10.20.0.0/24\"]",
	     .doc = "Other ports that stay open on the VPS: PORT[-PORT]/tcp or udp, optionally 'from' a network."),
	ONE(site_vps, nginx, type_choice, .name = "nginx", .choices = nginx_modes, .fallback = "dedicated",
	    .doc = "dedicated: an nginx instance and unit of its own, for 5,000 connections. shared: a drop-in beside your nginx.conf, "
	           "limited to its worker_connections (768 on Debian)."),
};
static const struct section vps_section = { .title = "vps", .doc = "The machine with the public address.", .size = sizeof(struct site_vps),
	FIELDS(vps_fields) };

static const struct field tunnel_fields[] = {
	ONE(site_tunnel, network, type_prefix4, .name = "network", .required = true, .example = "10.100.0.0/24",
	    .doc = "IPv4 network of the WireGuard tunnel; hub, router and clients all live in it."),
	ONE(site_tunnel, network6, type_prefix6, .name = "network6", .example = "fd5e:7a1c:90d2::/64",
	    .doc = "IPv6 network of the tunnel, a ULA /64 (RFC 4193). Every member gets the same host number as in IPv4."),
	ONE(site_tunnel, address, type_ip4, .name = "address", .fallback_doc = "the first host of network",
	    .example = "10.100.0.1", .doc = "The hub's address in the tunnel."),
	ONE(site_tunnel, address6, type_ip6, .name = "address6", .fallback_doc = "the same host number as address",
	    .example = "fd5e:7a1c:90d2::1", .doc = "The hub's IPv6 address in the tunnel."),
	ONE(site_tunnel, port, type_port, .name = "port", .fallback = "51820", .doc = "UDP port on which the hub listens."),
	ONE(site_tunnel, mtu, type_number, .name = "mtu", .min = 1280, .max = 1440, .fallback = "1420",
	    .doc = "MTU of the tunnel, the same on hub and router. 1420 fits a path of 1500 bytes."),
	ONE(site_tunnel, keepalive, type_number, .name = "keepalive", .min = 0, .max = 65535, .fallback = "25",
	    .doc = "Seconds between the router's keepalives; they hold the way through the provider's CGNAT open."),
	ONE(site_tunnel, clients_appear_as, type_choice, .name = "clients_appear_as", .choices = appearances, .fallback = "themselves",
	    .doc = "themselves: routed, the LAN sees each client's own address. vps: the hub masquerades clients towards the LAN, for routers "
	           "one cannot change."),
	ONE(site_tunnel, preshared_keys, type_flag, .name = "preshared_keys", .fallback = "true",
	    .doc = "A preshared key for each peer, against an attacker who records traffic today."),
};
static const struct section tunnel_section = { .title = "tunnel", .doc = "The WireGuard tunnel between VPS, router and clients.",
	.size = sizeof(struct site_tunnel), FIELDS(tunnel_fields) };

static const struct field router_fields[] = {
	ONE(site_router, vendor, type_choice, .name = "vendor", .choices = vendors, .fallback = "routeros", .doc = "What the router runs."),
	ONE(site_router, version, type_version, .name = "version", .required = true, .example = "\"7.20.8\"",
	    .doc = "Its release, 7.12 or later. It chooses the syntax: what this release does not know is never written."),
	ONE(site_router, address, type_ip4, .name = "address", .required = true, .example = "10.100.0.2",
	    .doc = "The router's address in the tunnel."),
	ONE(site_router, address6, type_ip6, .name = "address6", .fallback_doc = "the same host number as address",
	    .example = "fd5e:7a1c:90d2::2", .doc = "The router's IPv6 address in the tunnel."),
	ONE(site_router, interface, type_interface, .name = "interface", .fallback = "wg-vps", .max = 63,
	    .doc = "Name of the WireGuard interface on the router."),
	ONE(site_router, listen_port, type_port, .name = "listen_port", .fallback = "13231",
	    .doc = "UDP port of the router's own WireGuard socket. Nobody dials it; it must only be free."),
	ONE(site_router, wan, type_interface, .name = "wan", .fallback = "ether1", .max = 63, .doc = "The interface towards the provider."),
	ONE(site_router, bridge, type_interface, .name = "bridge", .fallback = "bridge", .max = 63, .doc = "The bridge that carries the VLANs."),
	ONE(site_router, lan_list, type_interface, .name = "lan_list", .fallback = "LAN", .max = 63,
	    .doc = "The interface list that the router's own firewall trusts; with manage_vlans the VLANs become its members."),
	MANY(site_router, trunk, type_interface, .name = "trunk", .max = 63, .example = "[ether6]",
	     .doc = "Bridge ports that carry all VLANs tagged, to a switch or hypervisor."),
	ONE(site_router, manage_vlans, type_flag, .name = "manage_vlans", .fallback = "false",
	    .doc = "false: use the VLAN interfaces that are there. true: create interfaces, gateways and the bridge's VLAN table."),
	ONE(site_router, take_over, type_flag, .name = "take_over", .fallback = "false",
	    .doc = "true: adopt the WireGuard interface, peer, address and rules that earlier playbooks left."),
	ONE(site_router, rollback_after, type_duration, .name = "rollback_after", .fallback = "5m", .max = 3600,
	    .doc = "How long an import waits for its confirmation before the router goes back to what it had; 0 turns this off."),
};
static const struct section router_section = { .title = "router", .doc = "The router behind CGNAT.", .size = sizeof(struct site_router),
	FIELDS(router_fields) };

static const struct field network_fields[] = {
	ONE(site_network, vlan, type_number, .name = "vlan", .min = 1, .max = 4094, .example = "30", .doc = "VLAN id; none: untagged."),
	ONE(site_network, subnet, type_prefix4, .name = "subnet", .required = true, .example = "10.30.0.0/24", .doc = "IPv4 subnet."),
	ONE(site_network, gateway, type_ip4, .name = "gateway", .fallback_doc = "the first host of subnet", .example = "10.30.0.1",
	    .doc = "The router's address in it."),
	ONE(site_network, interface, type_interface, .name = "interface", .fallback_doc = "vlan<id>-<name>, or bridge without a VLAN",
	    .max = 63, .example = "vlan30-kubernetes", .doc = "The router's interface in it."),
	ONE(site_network, subnet_id, type_subnet_id, .name = "subnet_id", .fallback_doc = "the digits of vlan, read as hexadecimal",
	    .example = "30", .doc = "Which /64 of the delegated prefix it gets, in the digits that appear in the address."),
	ONE(site_network, ipv6, type_flag, .name = "ipv6", .fallback = "true", .doc = "false: no IPv6 in this network."),
};
static const struct section network_section = { .title = "a network", .doc = "A network behind the router.",
	.size = sizeof(struct site_network), .key = &type_label, FIELDS(network_fields) };

static const struct field ipv6_fields[] = {
	ONE(site_ipv6, delegated_length, type_number, .name = "delegated_length", .min = 32, .max = 64, .fallback = "56",
	    .doc = "Length of the prefix that the provider delegates (DHCPv6-PD)."),
	ONE(site_ipv6, pool, type_interface, .name = "pool", .fallback = "hlgen-pd", .max = 63, .doc = "Name of the router's IPv6 pool."),
	ONE(site_ipv6, prefix, type_prefix6, .name = "prefix", .example = "\"2a0d:5600:abcd::/56\"",
	    .doc = "The prefix that the provider has assigned. Leave it out until it is known: everything that does not need it is written."),
	MANY(site_ipv6, dns, type_ip6, .name = "dns", .example = "[\"2606:4700:4700::1111\"]",
	     .doc = "DNS servers that the router announces in its networks."),
};
static const struct section ipv6_section = { .title = "ipv6", .doc = "The delegated IPv6 prefix of the house.", .size = sizeof(struct site_ipv6),
	FIELDS(ipv6_fields) };

static const struct field cilium_fields[] = {
	ONE(site_cilium, version, type_version, .name = "version", .required = true, .example = "1.19.6",
	    .doc = "Cilium release, 1.14 to 1.20: it decides apiVersion and field names."),
	ONE(site_cilium, pool, type_range4, .name = "pool", .example = "10.30.0.201-10.30.0.250",
	    .doc = "Addresses for load-balancer services in general. The ingress's own address may lie in it and is taken out."),
	ONE(site_cilium, pool6, type_range6, .name = "pool6", .example = "\"::1000-::1fff\"",
	    .doc = "The same for IPv6, as suffixes below the network's /64."),
};
static const struct section cilium_section = { .title = "cilium", .doc = "Load-balancer addresses by Cilium LB IPAM and L2 announcements.",
	.size = sizeof(struct site_cilium), FIELDS(cilium_fields) };

static const struct field entry_point_fields[] = {
	ONE(site_entry_point, name, type_label, .name = "name", .required = true, .max = 15, .example = "public", .doc = "Name of the entry point in Traefik."),
	ONE(site_entry_point, port, type_port, .name = "port", .required = true, .example = "8443", .doc = "Port of the ingress service."),
};
static const struct section entry_point_section = { .title = "entry_point", .doc = "An entry point of its own for published names.",
	.size = sizeof(struct site_entry_point), FIELDS(entry_point_fields) };

static const struct field ingress_fields[] = {
	ONE(site_ingress, address, type_ip4, .name = "address", .required = true, .example = "10.30.0.200",
	    .doc = "Load-balancer address of the ingress controller, reserved for it alone."),
	ONE(site_ingress, namespace, type_kube_name, .name = "namespace", .fallback = "traefik", .doc = "Namespace of its service."),
	ONE(site_ingress, service, type_kube_name, .name = "service", .fallback = "traefik", .doc = "Name of its service."),
	ONE(site_ingress, address6, type_suffix6, .name = "address6", .example = "\"::200\"",
	    .doc = "Its IPv6 address, as a suffix below the network's /64."),
	ONE(site_ingress, chart, type_version, .name = "chart", .example = "34.3.0",
	    .doc = "Release of the Traefik Helm chart: it decides where values go. With it hlgen writes the values that relay and IPv6 need."),
	ONE(site_ingress, umbrella, type_label, .name = "umbrella", .example = "traefik",
	    .doc = "Where that chart is a dependency of a chart of your own: the name under which its values stand there."),
	SECTION(site_ingress, entry_point, entry_point_section, .name = "entry_point",
	    .doc = "An entry point that only published routes attach to; relay targets name it as ingress:<name>."),
};
static const struct section ingress_section = { .title = "ingress", .doc = "The ingress controller, where published names end.",
	.size = sizeof(struct site_ingress), FIELDS(ingress_fields) };

static const struct field external_dns_fields[] = {
	ONE(site_external_dns, version, type_version, .name = "version", .required = true, .example = "0.22.0",
	    .doc = "Release of external-dns: it decides the prefix of annotations."),
	ONE(site_external_dns, chart, type_version, .name = "chart", .fallback_doc = "1.N.0 for release 0.N", .example = "1.22.0",
	    .doc = "Release of its Helm chart: it decides which values there are."),
	ONE(site_external_dns, owner, type_label, .name = "owner", .fallback_doc = "the name of the site", .example = "homelab",
	    .doc = "Marks its records as its own (the TXT registry's owner id). Another one leaves the records of before alone, for ever."),
	ONE(site_external_dns, policy, type_choice, .name = "policy", .choices = policies, .fallback = "upsert-only",
	    .doc = "upsert-only: records are made and changed, never deleted. sync: those of names that are gone are deleted, too."),
	MANY(site_external_dns, sources, type_choice, .name = "sources", .choices = sources, .fallback = "ingress", .example = "[ingress, service]",
	     .doc = "The kinds of objects that it takes names and addresses from."),
	ONE(site_external_dns, namespace, type_kube_name, .name = "namespace", .fallback = "external-dns", .doc = "Namespace that it runs in."),
	ONE(site_external_dns, secret, type_kube_name, .name = "secret", .fallback = "cloudflare-api-token",
	    .doc = "Name of the secret with Cloudflare's API token, in that namespace. You make it; hlgen never sees the token."),
	ONE(site_external_dns, secret_key, type_secret_key, .name = "secret_key", .fallback = "api-token", .doc = "Key of the token in that secret."),
	ONE(site_external_dns, endpoints, type_flag, .name = "endpoints", .fallback = "false",
	    .doc = "true: the records that point to the VPS are written for the cluster, too (a DNSEndpoint), instead of into dns/. It needs the CRD."),
};
static const struct section external_dns_section = { .title = "external_dns", .doc = "external-dns, which owns the AAAA records.",
	.size = sizeof(struct site_external_dns), FIELDS(external_dns_fields) };

static const struct field argocd_fields[] = {
	ONE(site_argocd, repo, type_url, .name = "repo", .required = true, .example = "https://github.com/example/homelab",
	    .doc = "Git repository that Argo CD reads."),
	ONE(site_argocd, path, type_path, .name = "path", .required = true, .example = "kubernetes", .doc = "Folder of the manifests in it."),
	ONE(site_argocd, revision, type_revision, .name = "revision", .fallback = "HEAD", .example = "main", .doc = "Branch, tag or commit that it follows."),
	ONE(site_argocd, namespace, type_kube_name, .name = "namespace", .fallback = "argocd", .doc = "Namespace that it runs in."),
	ONE(site_argocd, project, type_kube_name, .name = "project", .fallback = "default", .doc = "Its project."),
};
static const struct section argocd_section = { .title = "argocd", .doc = "Argo CD.", .size = sizeof(struct site_argocd), FIELDS(argocd_fields) };

static const struct field node_fields[] = {
	ONE(site_node, address, type_ip4, .name = "address", .required = true, .example = "10.30.0.11", .doc = "Its address in the nodes' network."),
	ONE(site_node, address6, type_suffix6, .name = "address6", .example = "\"::11\"",
	    .doc = "Its interface id as a suffix (a token); none: EUI-64 of the MAC address."),
	ONE(site_node, mac, type_mac, .name = "mac", .example = "\"bc:24:11:1c:e2:8c\"", .doc = "MAC address of its interface."),
	ONE(site_node, interface, type_interface, .name = "interface", .fallback = "eth0", .max = 15, .doc = "Its network interface."),
	ONE(site_node, network_manager, type_choice, .name = "network_manager", .choices = managers, .fallback = "ifupdown",
	    .doc = "Who configures the interface: it decides which settings it obeys."),
	ONE(site_node, network_file, type_network_file, .name = "network_file", .fallback_doc = "10-<interface>.network", .example = "10-eth0.network",
	    .doc = "With systemd-networkd: the file that configures the interface (`networkctl status` names it); hlgen adds to it."),
};
static const struct section node_section = { .title = "a node", .doc = "A node of the cluster.", .size = sizeof(struct site_node),
	.key = &type_kube_name, FIELDS(node_fields) };

static const struct field kubernetes_fields[] = {
	ONE(site_kubernetes, network_name, type_label, .name = "network", .required = true, .example = "kubernetes",
	    .doc = "The network of the cluster's nodes: a key of networks."),
	SECTION(site_kubernetes, cilium, cilium_section, .name = "cilium", .doc = "Load-balancer addresses by Cilium."),
	SECTION(site_kubernetes, ingress, ingress_section, .name = "ingress", .doc = "The ingress controller."),
	MANY(site_kubernetes, ip_families, type_choice, .name = "ip_families", .choices = families, .fallback = "ipv4", .example = "[ipv4, ipv6]",
	     .doc = "Address families that the cluster was built with; it cannot be changed on a running one."),
	ONE(site_kubernetes, pod_network, type_prefix4, .name = "pod_network", .example = "10.244.0.0/16",
	    .doc = "Where pods get their addresses. Needed only for proxy_protocol with Cilium before 1.20.2: its nodes pass connections on to each "
	           "other under addresses of this network."),
	NAMED(site_kubernetes, nodes, node_section, .name = "nodes", .doc = "The cluster's nodes, by name."),
	SECTION(site_kubernetes, external_dns, external_dns_section, .name = "external_dns", .doc = "external-dns, which owns the AAAA records."),
	SECTION(site_kubernetes, argocd, argocd_section, .name = "argocd", .doc = "Argo CD."),
	ONE(site_kubernetes, prefix_watch, type_flag, .name = "prefix_watch", .fallback = "false",
	    .doc = "A small pod that follows a change of the delegated prefix."),
	ONE(site_kubernetes, cloudflared, type_flag, .name = "cloudflared", .fallback = "false",
	    .doc = "A Cloudflare tunnel as a fallback, when the relay is down."),
};
static const struct section kubernetes_section = { .title = "kubernetes", .doc = "The Kubernetes cluster.",
	.size = sizeof(struct site_kubernetes), FIELDS(kubernetes_fields) };

static const struct field relay_fields[] = {
	ONE(site_listen, listen, type_port, .name = "listen", .required = true, .doc = "Public port on the VPS."),
	ONE(site_listen, protocol, type_choice, .name = "protocol", .choices = relay_protocols, .fallback = "tcp",
	    .doc = "udp: datagrams, for games, VPN servers, HTTP/3; no names are read and no visitor's address is passed on."),
	ONE(site_listen, to, type_target, .name = "to", .doc = "Where connections go: ingress:PORT, ingress:<name of its entry point>, or "
	           "ADDRESS:PORT in a network behind the router."),
	ONE(site_listen, redirect, type_flag, .name = "redirect", .fallback = "false",
	    .doc = "Instead of `to`: answer HTTP with a redirect (308) to https for published names."),
	ONE(site_listen, proxy_protocol, type_flag, .name = "proxy_protocol", .fallback = "false",
	    .doc = "true: tell the target the visitor's address (a PROXY protocol line before the data). The target must expect it, and breaks if it does "
	           "not: turn it on there first. false: to the target every visitor has the hub's address."),
	ONE(site_listen, names, type_choice, .name = "names", .choices = relay_name_modes,
	    .fallback_doc = "published when listen or the target's port is 443, or the target is the ingress on any port but 80; else names are not read",
	    .doc = "published: TLS connections pass only for the names of services with `via: relay`. any: every name passes, which "
	           "opens all of the ingress to the internet."),
};
static const struct section relay_section = { .title = "a relay", .doc = "A port that the VPS passes into the house.",
	.size = sizeof(struct site_listen), .key = &type_label, FIELDS(relay_fields) };

static const struct field service_fields[] = {
	ONE(site_service, host, type_host_pattern, .name = "host", .fallback_doc = "<name>.<domain>", .example = "\"*.example.org\"",
	    .doc = "The full public name, when it is not the key under the site's domain: an apex, a wildcard, another zone."),
	MANY(site_service, via, type_choice, .name = "via", .required = true, .choices = vias, .example = "relay",
	     .doc = "How visitors reach it, one way or several. relay: through the VPS. ipv6: directly at the ingress's IPv6 address. cloudflare: the "
	            "same behind Cloudflare's proxy. private: at the ingress's LAN address. cloudflare goes with no other way."),
};
static const struct section service_section = { .title = "a service", .doc = "A public name.", .size = sizeof(struct site_service),
	.key = &type_dns_label, FIELDS(service_fields) };

static const struct field zone_fields[] = {
	ONE(site_zone, id, type_zone_id, .name = "id", .fallback_doc = "looked up by name", .example = "023e105f4ecef8ad9ca31a8372d0c353",
	    .doc = "Cloudflare's id of the zone (its overview page shows it). With it the token needs no right to read zones."),
};
static const struct section zone_section = { .title = "a zone", .doc = "A DNS zone that public names lie in.", .size = sizeof(struct site_zone),
	.key = &type_zone, FIELDS(zone_fields) };

static const struct field dns_fields[] = {
	ONE(site_dns, ttl, type_number, .name = "ttl", .min = 60, .max = 86400, .fallback = "300", .example = "300",
	    .doc = "Seconds that resolvers keep a record. Proxied records have Cloudflare's own."),
	NAMED(site_dns, zones, zone_section, .name = "zones",
	    .doc = "Zones that are not what the names suggest: a name lies in the longest zone listed here that holds it, else in the site's domain, "
	           "else in its own parent. A listed zone stays in dns/ without any name, so that cloudflare.sh removes the last one."),
};
static const struct section dns_section = { .title = "dns", .doc = "The public DNS records.", .size = sizeof(struct site_dns), FIELDS(dns_fields) };

static const struct field client_fields[] = {
	ONE(site_client, enabled, type_flag, .name = "enabled", .fallback = "true",
	    .doc = "false keeps its key and address and takes it out everywhere."),
	ONE(site_client, address, type_ip4, .name = "address", .required = true, .reported_elsewhere = true, .example = "10.100.0.10",
	    .doc = "Its address in the tunnel. Written down, never derived: adding another client changes nobody's address."),
	ONE(site_client, address6, type_ip6, .name = "address6", .fallback_doc = "the same host number as address",
	    .example = "fd5e:7a1c:90d2::a", .doc = "Its IPv6 address in the tunnel."),
	ONE(site_client, tunnel, type_choice, .name = "tunnel", .choices = tunnels, .fallback = "split",
	    .doc = "split: only what it may reach goes through the tunnel. full: everything does. both: one device with a file of each, to choose "
	           "from by what is switched on: NAME and NAME-full."),
	MANY(site_client, dns, type_ip, .name = "dns", .example = "[1.1.1.1]", .doc = "DNS servers while the tunnel is up."),
	MANY(site_client, search, type_host, .name = "search", .example = "[home.example.org]", .doc = "DNS search domains."),
	MANY(site_client, reach, type_reach, .name = "reach", .fallback_doc = "every network",
	     .example = "[kubernetes, \"10.20.0.5:22/tcp\"]",
	     .doc = "What it may open connections to: a network's or client's name, ingress, router, a CIDR, an address, or "
	            "ADDRESS[:PORT[-PORT]]/tcp or udp. [] is nothing. Enforced on the hub and on the router."),
	MANY(site_client, routes, type_prefix4, .name = "routes", .example = "[192.168.50.0/24]", .doc = "Subnets behind this client."),
	ONE(site_client, public_key, type_public_key, .name = "public_key",
	    .doc = "The client keeps its private key itself; hlgen writes a file with a gap for it and no QR code."),
	ONE(site_client, mtu, type_number, .name = "mtu", .min = 576, .max = 1440, .fallback_doc = "the app's own choice", .example = "1280",
	    .doc = "MTU of its tunnel interface."),
	ONE(site_client, keepalive, type_number, .name = "keepalive", .min = 0, .max = 65535, .fallback = "0",
	    .doc = "Seconds between keepalives, for a client that others must reach; 0: none, which spares a phone's battery."),
};
static const struct section client_section = { .title = "a client", .doc = "A phone, laptop or machine that joins the tunnel.",
	.size = sizeof(struct site_client), .key = &type_client_name, FIELDS(client_fields) };

static const struct field site_fields[] = {
	ONE(site, name, type_label, .name = "site", .required = true, .max = 24, .example = "cabin",
	    .doc = "Name of the site. It tags everything hlgen owns on a device; changing it makes new objects there."),
	ONE(site, domain, type_domain, .name = "domain", .example = "example.org",
	    .doc = "DNS domain of the public names; needed by services without a 'host' of their own."),
	SECTION(site, vps, vps_section, .name = "vps", .required = true, .doc = "The machine with the public address."),
	SECTION(site, tunnel, tunnel_section, .name = "tunnel", .required = true, .doc = "The WireGuard tunnel."),
	SECTION(site, router, router_section, .name = "router", .doc = "The router behind CGNAT. Without it there is no LAN to reach."),
	NAMED(site, networks, network_section, .name = "networks", .doc = "The networks behind the router, by name."),
	SECTION(site, ipv6, ipv6_section, .name = "ipv6", .doc = "The delegated IPv6 prefix."),
	SECTION(site, kubernetes, kubernetes_section, .name = "kubernetes", .doc = "The Kubernetes cluster."),
	NAMED(site, relay, relay_section, .name = "relay", .doc = "Ports that the VPS passes into the house, by a name of your choice."),
	NAMED(site, services, service_section, .name = "services", .doc = "Public names; the key is the first part of the name."),
	SECTION(site, dns, dns_section, .name = "dns", .doc = "How the public names stand in DNS."),
	NAMED(site, clients, client_section, .name = "clients", .doc = "WireGuard clients, by name."),
};
const struct section site_section = { .title = "the site file", .doc = "One homelab.", .size = sizeof(struct site), FIELDS(site_fields) };
