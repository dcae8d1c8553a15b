package devserver

import (
	"maps"

	"github.com/aerosql/aerosql/protocol"
)

// infoCommands are the supported info commands (docs/wire-core.md#8.2).
var infoCommands = allCommands()

// infoSummary lists the commands that an empty request stands for.
var infoSummary = []string{
	"features", "node", "compatibility-id", "edition", "build_ee_sha", "build_sha", "build_arch", "build_time", "build_os",
	"build", "version", "statistics", "services-alumni", "services", "partition-generation",
}

func allCommands() map[string]func(*infoRequest) string {
	all := make(map[string]func(*infoRequest) string)
	for _, group := range []map[string]func(*infoRequest) string{
		identityCommands, clusterCommands, statisticsCommands, configCommands, indexCommands, moduleCommands,
		truncateCommands, queryCommands, operatorCommands, debugCommands,
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

// enterpriseCommands are refused by the Community Edition. Commands without a function are refused
// by both editions, because the server does not have what they are about.
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

// onEnterprise returns a command that only the Enterprise Edition answers.
func onEnterprise(answer func(*infoRequest) string) func(*infoRequest) string {
	return func(r *infoRequest) string {
		if answer == nil || r.server.options.Edition != Enterprise {
			return infoError(protocol.EnterpriseOnly, "enterprise only")
		}
		return answer(r)
	}
}
