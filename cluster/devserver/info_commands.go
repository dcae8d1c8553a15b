package devserver

import (
	"maps"

	"github.com/aerosql/aerosql/protocol"
)

// infoCommands are the commands that a node knows (docs/wire-core.md#8.2).
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
	for _, group := range []map[string]func(*infoRequest) string{enterpriseCommands, rackCommands, rosterCommands, tlsCommands} {
		for name, answer := range group {
			all[name] = onEnterprise(answer)
		}
	}
	return all
}

// enterpriseCommands are refused by the Community Edition. Those without an answer are refused by
// both: what they are about does not exist here.
var enterpriseCommands = map[string]func(*infoRequest) string{
	"feature-key":    nil,
	"masking":        nil,
	"masking-show":   nil,
	"quiesce":        nil,
	"quiesce-undo":   nil,
	"xdr-dc-state":   nil,
	"xdr-get-filter": (*infoRequest).shippingFilter,
	"xdr-set-filter": (*infoRequest).setShippingFilter,
}

// onEnterprise makes a command of an answer that only the Enterprise Edition gives.
func onEnterprise(answer func(*infoRequest) string) func(*infoRequest) string {
	return func(r *infoRequest) string {
		if answer == nil || r.server.options.Edition != Enterprise {
			return infoError(protocol.EnterpriseOnly, "enterprise only")
		}
		return answer(r)
	}
}
