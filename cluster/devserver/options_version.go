package devserver

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/exp"
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
	{"blob indexes", "7.0", "the official Go client: IndexType BLOB requires server version 7.0+", "sindex-create refuses the type blob"},
	{"record size", "7.0", "the official Go client: ExpRecordSize requires server version 7.0+", "expressions with record_size fail with ParameterError"},
	{"read touch", "7.1", "release notes of 7.1: default-read-touch-ttl-pct is new", "reads never renew a record, and the option is unknown"},
	{"transactions", "8.0", "docs/design.md: multi-record transactions need server 8", "commands of a transaction fail with UnsupportedFeature"},
	{"user-agent-set", "8.1.0", "the official clients send it from 8.1 on", "the info commands user-agent-set and user-agents are unknown"},
	{"expression indexes", "8.1.0", "release notes of 8.1: indexes on expressions, and queries by the name of an index", "sindex-create ignores the parameter exp, and queries with an index name or expression fail with ParameterError"},
	{"set indexes", "8.1.0", "release notes of 8.1: the index type set is new", "sindex-create refuses the index type set"},
	{"path operations", "8.1.0", "docs/wire-cdt-exp.md#10: SELECT is new in 8.1", "list and map operations with a path fail with ParameterError"},
	{"in_list expressions", "8.1.2", "the documentation of expressions: in_list, map_keys and map_values since 8.1.2", "expressions with in_list, map_keys or map_values fail with ParameterError"},
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

// operatorSince are the operators of expressions that depend on the version, with the difference.
var operatorSince = map[exp.Op]string{
	exp.OpRecordSize: "record size", exp.OpLoopVar: "path operations",
	exp.OpInList: "in_list expressions", exp.OpMapKeys: "in_list expressions", exp.OpMapValues: "in_list expressions",
}

// lacksExpression reports whether the version lacks an operator of the packed expression. An
// expression that can't be parsed is refused elsewhere.
func (s *Server) lacksExpression(packed []byte) bool {
	if s.options.ActAs == "" {
		return false
	}
	n, err := exp.ParseNode(packed)
	return err == nil && s.lacksOperator(n)
}

func (s *Server) lacksOperator(n *exp.Node) bool {
	if name, ok := operatorSince[n.Op]; ok && s.lacks(name) {
		return true
	}
	for i := range n.Args {
		if s.lacksOperator(&n.Args[i]) {
			return true
		}
	}
	return false
}

// isPath reports whether an operation on a list or map is one with a path.
func isPath(packed []byte) bool {
	return len(packed) >= 3 && packed[0]&0xf0 == 0x90 && packed[1] == 0xcc && packed[2] == 0xfe
}

// unknownOperation reports whether the version does not know the operation.
func (c *command) unknownOperation(op *wire.RawOp) bool {
	switch op.Code {
	case protocol.OpCDTRead, protocol.OpCDTModify:
		return isPath(op.Data) && c.ns.server.lacks("path operations")
	case protocol.OpExpRead, protocol.OpExpModify:
		if c.ns.server.options.ActAs != "" {
			n, _, err := exp.ParseOperation(op.Data)
			return err == nil && c.ns.server.lacksOperator(n)
		}
	}
	return false
}
