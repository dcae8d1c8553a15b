package exec

import (
	"strings"
	"time"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/plan"
)

// The names of the options of WITH that a write uses.
const (
	optionTTL     = "ttl"
	optionDurable = "durable_delete"
	optionSendKey = "send_key"
	optionCommit  = "commit"
	optionAtomic  = "atomic"
	// The following are options of a statement only.
	optionGeneration = "generation"
	optionBackground = "background"
	optionWait       = "wait"
)

// optionsOf returns the options of WITH of a statement that writes.
func optionsOf(s plan.Statement) map[string]bind.Expr {
	switch s := s.(type) {
	case *plan.Insert:
		return s.Options
	case *plan.Update:
		return s.Scan.Options
	case *plan.Delete:
		return s.Scan.Options
	}
	return nil
}

// applyOptions gives the run an engine with the options of WITH of the statement.
func (x *execution) applyOptions(s plan.Statement) error {
	options := optionsOf(s)
	if len(options) == 0 {
		return nil
	}
	values := make(map[string]protocol.Value, len(options))
	for name, e := range options {
		if name == optionMaxRecords || name == optionFetchRows {
			continue // only reading uses it
		}
		values[name] = e.Eval(&bind.Env{Run: x.run})
	}
	if x.run.Err != nil {
		return x.run.Err
	}
	engine, err := x.engine.withOptions(values)
	if err == nil {
		x.engine = engine
	}
	return err
}

// ttlOption returns a time to live: seconds, a duration such as '1h', 'never', 'default' or 'keep'.
func ttlOption(v protocol.Value) (cluster.TTL, error) {
	if n, ok := v.Int(); ok && n >= 0 && n <= int64(protocol.MaxTTL) {
		return cluster.TTLSeconds(uint32(n)), nil
	} else if ok && n == -1 {
		return cluster.TTLNever, nil
	}
	text, _ := v.Text()
	switch strings.ToLower(text) {
	case "never":
		return cluster.TTLNever, nil
	case "default":
		return cluster.TTLDefault, nil
	case "keep":
		return cluster.TTLDontUpdate, nil
	}
	if d, err := time.ParseDuration(text); err == nil && d > 0 {
		return cluster.TTLFor(d), nil
	}
	return 0, ast.Errorf(ast.ErrArguments,
		"the option ttl must be a number of seconds, a duration such as '1h', 'never', 'default' or 'keep', not %v", v)
}

func boolOption(name string, v protocol.Value) (bool, error) {
	b, ok := v.Bool()
	if text, isText := v.Text(); isText {
		b, ok = strings.EqualFold(text, "on"), strings.EqualFold(text, "on") || strings.EqualFold(text, "off")
	}
	if !ok {
		return false, ast.Errorf(ast.ErrArguments, "the option %s must be ON or OFF, not %v", name, v)
	}
	return b, nil
}

func commitLevelOption(v protocol.Value) (cluster.CommitLevel, error) {
	text, _ := v.Text()
	switch strings.ToLower(text) {
	case "all":
		return cluster.CommitAll, nil
	case "master":
		return cluster.CommitMaster, nil
	}
	return 0, ast.Errorf(ast.ErrArguments, "the option commit must be all or master, not %v", v)
}
