package devserver

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// A Difference is something that servers do only since a version.
type Difference struct {
	Name string
	// Since is the first version with it.
	Since string
	// Source says where that is known from.
	Source string
	// Before is what an older version does.
	Before string
}

// differences are what Options.ActAs changes. Everything else is as in the latest version.
var differences = []Difference{
	{"transactions", "8.0", "docs/design.md: multi-record transactions need server 8", "commands of a transaction fail with UnsupportedFeature"},
	{"user-agent-set", "8.1.0", "the official clients send it from 8.1 on", "the info commands user-agent-set and user-agents are unknown"},
	{"path operations", "8.1.0", "docs/wire-cdt-exp.md#10: SELECT is new in 8.1", "list and map operations with a path fail with ParameterError"},
	{"query operations", "8.1.2", "docs/wire-core.md#7.2: server 8.1.2 also accepts read operations", "queries with operations other than reads of bins fail with ParameterError"},
}

// Differences returns what depends on Options.ActAs, each with its source.
func Differences() []Difference { return slices.Clone(differences) }

// versions are the values of Options.ActAs, oldest first, with the builds that they report.
var versions = []struct{ name, build string }{
	{"6.4", "6.4.0.0"}, {"7.0", "7.0.0.0"}, {"7.1", "7.1.0.0"}, {"7.2", "7.2.0.0"}, {"8.0", "8.0.0.0"},
	{"8.1.0", "8.1.0.0"}, {"8.1.1", "8.1.1.2"}, {"8.1.2", DefaultBuild},
}

// Versions returns the values of Options.ActAs, oldest first.
func Versions() (names []string) {
	for _, v := range versions {
		names = append(names, v.name)
	}
	return names
}

// place returns the place of a version among all, -1 if it is unknown.
func place(version string) int { return slices.Index(Versions(), version) }

// buildOf returns the build that a version reports.
func buildOf(version string) (string, error) {
	if version == "" {
		return DefaultBuild, nil
	}
	i := place(version)
	if i < 0 {
		return "", fmt.Errorf("devserver: unknown version %q; use one of %s", version, strings.Join(Versions(), ", "))
	}
	return versions[i].build, nil
}

// lacks reports whether the version that the server acts as is older than the one that brought a
// difference.
func (s *Server) lacks(name string) bool {
	if s.options.ActAs == "" {
		return false
	}
	i := slices.IndexFunc(differences, func(d Difference) bool { return d.Name == name })
	return place(s.options.ActAs) < place(differences[i].Since)
}

// unsupported reports whether the command is part of a transaction, and the version has none.
func (c *command) unsupported() bool {
	return c.ns.server.lacks("transactions") &&
		(c.inTransaction() || c.message.Info4&transactionSteps != 0 || c.writesMonitor())
}

// isPath reports whether an operation on a list or map is one with a path.
func isPath(packed []byte) bool {
	return len(packed) >= 3 && packed[0]&0xf0 == 0x90 && packed[1] == 0xcc && packed[2] == 0xfe
}

// unknownOperation reports whether the version does not know the operation.
func (c *command) unknownOperation(op *wire.RawOp) bool {
	return (op.Code == protocol.OpCDTRead || op.Code == protocol.OpCDTModify) && isPath(op.Data) && c.ns.server.lacks("path operations")
}
