package devserver

import "maps"

// infoCommands are the commands that a node knows (wire-core.md 8.2).
var infoCommands = allCommands()

// infoSummary are the commands that a request without any asks for.
var infoSummary = []string{
	"features", "node", "compatibility-id", "edition", "build_ee_sha", "build_sha", "build_arch", "build_time", "build_os",
	"build", "version", "statistics", "services-alumni", "services", "partition-generation",
}

func allCommands() map[string]func(*infoRequest) string {
	all := make(map[string]func(*infoRequest) string)
	for _, group := range []map[string]func(*infoRequest) string{
		identityCommands, clusterCommands, statisticsCommands, configCommands, indexCommands, moduleCommands,
		truncateCommands, queryCommands,
	} {
		maps.Copy(all, group)
	}
	for _, name := range enterpriseCommands {
		all[name] = enterpriseOnly
	}
	return all
}

// enterpriseCommands are answered by the Community Edition with a refusal.
var enterpriseCommands = []string{
	"admin-tls-std", "alumni-tls-std", "alumni-tls-alt", "feature-key", "masking", "masking-show", "peers-tls-std", "peers-tls-alt",
	"quiesce", "quiesce-undo", "rack-ids", "racks", "revive", "roster", "roster-set", "service-tls-std", "service-tls-alt",
	"xdr-dc-state", "xdr-get-filter", "xdr-set-filter",
}
